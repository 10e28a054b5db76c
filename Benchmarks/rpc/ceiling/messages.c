// SPDX-License-Identifier: Apache-2.0
#include "../common/measure.h"
#include "internals.h"

void buffer_borrow(loop *loop, buffer *buffer) {
  if (buffer->bytes == NULL && loop->spare_count > 0)
    *buffer = loop->spare_buffers[--loop->spare_count];
}

void buffer_give_back(loop *loop, buffer *buffer) {
  if (buffer->bytes == NULL) return;
  buffer->count = 0;
  if (loop->spare_count < SPARE_BUFFERS)
    loop->spare_buffers[loop->spare_count++] = *buffer;
  else
    free(buffer->bytes);
  memset(buffer, 0, sizeof *buffer);
}

message *message_take(message **spare) {
  message *taken = *spare;
  if (taken == NULL) {
    taken = calloc(1, sizeof *taken);
    if (taken == NULL) bench_fail("no memory");
  } else {
    *spare = taken->next;
  }
  taken->next = NULL;
  taken->sent = 0;
  taken->content.count = 0;
  return taken;
}

message *message_borrowing(loop *loop, const uint8_t *content, size_t count) {
  message *message = message_take(&loop->spare_borrowers);
  message->is_borrowed = true;
  message->content = (buffer){.bytes = (uint8_t *)content, .count = count};
  return message;
}

void message_free(loop *loop, message *message) {
  struct message **spare = message->is_borrowed ? &loop->spare_borrowers : &loop->spare_messages;
  message->next = *spare;
  *spare = message;
}
