// SPDX-License-Identifier: Apache-2.0
// A scripted interpreter: talks with the driver as `python_pipes.py` says, and knows sums alone.
// `17+1` prints 18, as Python's prompt would; all other code prints nothing. It is started as Python
// is: -c LOADER REQUESTS REPLIES ...
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ATTACH = 1, EXECUTE = 2, DONE = 1, FRAME_MAX = 1 << 20 };

static void write_all(int file, const void *bytes, size_t count) {
  for (const char *rest = bytes; count > 0;) {
    ssize_t written = write(file, rest, count);
    if (written <= 0) exit(0);
    rest += written;
    count -= (size_t)written;
  }
}

static uint32_t number(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

// The text at `at` of a frame; moves `at` behind it.
static const uint8_t *text(const uint8_t *frame, uint32_t length, uint32_t *at, uint32_t *count) {
  if (length - *at < 4) exit(2);
  *count = number(frame + *at);
  if (*count > length - *at - 4) exit(2);
  const uint8_t *found = frame + *at + 4;
  *at += 4 + *count;
  return found;
}

static void answer(const uint8_t *frame, uint32_t length, int replies) {
  if (frame[0] != ATTACH && frame[0] != EXECUTE) return;
  uint32_t at = 1, token_count, id_count, code_count;
  const uint8_t *token = text(frame, length, &at, &token_count);
  char output[256];
  int printed = 0;
  if (frame[0] == EXECUTE) {
    text(frame, length, &at, &id_count);
    const uint8_t *code = text(frame, length, &at, &code_count);
    char sum[64] = {0};
    if (code_count < sizeof sum) memcpy(sum, code, code_count);
    long left, right;
    if (sscanf(sum, "%ld+%ld", &left, &right) == 2)
      printed = snprintf(output, 64, "%ld\n", left + right);
  }
  if (token_count > sizeof output - (size_t)printed) exit(2);
  memcpy(output + printed, token, token_count);
  write_all(1, output, (size_t)printed + token_count);
  static const uint8_t done[] = {1, 0, 0, 0, DONE};
  write_all(replies, done, sizeof done);
}

int main(int count, char **words) {
  if (count < 5) return 2;
  int requests = atoi(words[3]), replies = atoi(words[4]);
  static uint8_t buffer[4 + FRAME_MAX];
  while (read(0, buffer, sizeof buffer) > 0) {}  // The programs that Python would run.
  size_t have = 0;
  while (1) {
    ssize_t got = read(requests, buffer + have, sizeof buffer - have);
    if (got <= 0) return 0;
    have += (size_t)got;
    size_t at = 0;
    while (have - at >= 4) {
      uint32_t length = number(buffer + at);
      if (length < 1 || length > FRAME_MAX) return 2;
      if (have - at - 4 < length) break;
      answer(buffer + at + 4, length, replies);
      at += 4 + length;
    }
    memmove(buffer, buffer + at, have - at);
    have -= at;
  }
}
