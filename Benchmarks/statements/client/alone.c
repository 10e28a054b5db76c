// SPDX-License-Identifier: Apache-2.0
// The interpreter alone: asked over named pipes as the driver asks it over its own, one statement
// after the other. A statement is over when its token and its reply are there.
#include <fcntl.h>
#include <poll.h>

#include "client.h"

enum { ATTACH = 1, EXECUTE = 2, DONE = 1 };

typedef struct {
  int requests, replies, output;
} pipes;

static int pipe_named(const char *folder, const char *name, int mode) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int file = open(path, mode | O_CLOEXEC);
  if (file < 0) bench_fail("a pipe of the interpreter cannot be opened");
  return file;
}

static size_t put_text(uint8_t *frame, size_t at, const char *text) {
  uint32_t count = (uint32_t)strlen(text);
  memcpy(frame + at, &count, sizeof count);
  memcpy(frame + at + 4, text, count);
  return at + 4 + count;
}

static void ask(const pipes *pipes, uint8_t kind, const char *token, const char *code) {
  uint8_t frame[256];
  frame[4] = kind;
  size_t count = put_text(frame, 5, token);
  if (kind == EXECUTE) count = put_text(frame, put_text(frame, count, "0"), code);
  uint32_t length = (uint32_t)(count - 4);
  memcpy(frame, &length, sizeof length);
  if (write(pipes->requests, frame, count) != (ssize_t)count) bench_fail("the interpreter ended");
}

// What was printed before the token, in `printed`.
static void hear(const pipes *pipes, const char *token, char *printed, size_t room) {
  size_t heard = 0, replied = 0;
  uint8_t reply[256];
  const char *end = NULL;
  while (end == NULL || replied < 5) {
    struct pollfd files[] = {{pipes->output, POLLIN, 0}, {pipes->replies, POLLIN, 0}};
    if (poll(files, 2, -1) < 0) bench_fail("the interpreter cannot be heard");
    if (files[0].revents & POLLIN) {
      ssize_t got = read(pipes->output, printed + heard, room - heard);
      if (got <= 0) bench_fail("the interpreter's output ended");
      heard += (size_t)got;
      end = memmem(printed, heard, token, strlen(token));
    }
    if (files[1].revents & POLLIN) {
      ssize_t got = read(pipes->replies, reply + replied, sizeof reply - replied);
      if (got <= 0) bench_fail("the interpreter's replies ended");
      replied += (size_t)got;
    }
  }
  if (reply[4] != DONE) bench_fail("the interpreter failed");
  printed[end - printed] = 0;
}

int alone(int count, char **words) {
  const char *folder = bench_option(count, words, "pipes", ".");
  pipes pipes = {pipe_named(folder, "requests", O_WRONLY), pipe_named(folder, "replies", O_RDONLY),
                 pipe_named(folder, "output", O_RDONLY)};
  static bench_histogram latencies;
  static char printed[1 << 16];
  long runs = (long)bench_number(count, words, "count", 1000);
  if (bench_number(count, words, "attach", 0) != 0) {
    ask(&pipes, ATTACH, "livy-attach", NULL);
    hear(&pipes, "livy-attach", printed, sizeof printed);
  }
  for (long number = 0; number < runs; number++) {
    char token[64], code[64];
    snprintf(token, sizeof token, "livy-%lx-%llx", number, (unsigned long long)bench_now());
    snprintf(code, sizeof code, "%ld+1", number);
    uint64_t began = bench_now();
    ask(&pipes, EXECUTE, token, code);
    hear(&pipes, token, printed, sizeof printed);
    bench_record(&latencies, bench_now() - began);
    if (strtol(printed, NULL, 10) != number + 1) bench_fail("a wrong sum");
  }
  client_report(&latencies);
  return 0;
}
