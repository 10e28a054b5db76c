// SPDX-License-Identifier: Apache-2.0
#include "../common/measure.h"
#include "internals.h"

static void forget_partial(connection *connection, message *message) {
  struct message **place = &connection->partial;
  while (*place != NULL && *place != message) place = &(*place)->next;
  if (*place != NULL) *place = message->next;
  message->next = NULL;
}

static message *find_partial(connection *connection, uint32_t call) {
  message *partial = connection->partial;
  while (partial != NULL && partial->header.call != call) partial = partial->next;
  return partial;
}

// The message that a frame belongs to; a new one if the frame is its first.
static message *message_of(connection *connection, const frame_header *header) {
  message *message = find_partial(connection, header->call);
  if (message != NULL) return message;
  message = message_take(&connection->loop->spare_messages);
  message->header = *header;
  message->next = connection->partial;
  connection->partial = message;
  return message;
}

static void frame_filled(connection *connection, message *message, bool is_last) {
  if (!is_last) return;
  forget_partial(connection, message);
  connection->loop->on_large(connection, message);
}

// Deals with the whole frames at the front; answers how many bytes they were.
static size_t parse(connection *connection, const uint8_t *bytes, size_t count) {
  size_t used = 0;
  while (count - used >= HEADER_BYTES && !connection->is_ending) {
    frame_header header;
    memcpy(&header, bytes + used, HEADER_BYTES);
    if (header.length > FRAME_BYTES) bench_fail("a frame is too large");
    const uint8_t *payload = bytes + used + HEADER_BYTES;
    size_t present = count - used - HEADER_BYTES;
    if (header.length <= SMALL_BYTES) {
      if (present < header.length) break;
      used += HEADER_BYTES + header.length;
      if (!(header.flags & FLAG_MORE) && find_partial(connection, header.call) == NULL) {
        connection->loop->on_small(connection, &header, payload);
        continue;
      }
    }
    message *message = message_of(connection, &header);
    buffer_reserve(&message->content, header.length);
    size_t taken = present < header.length ? present : header.length;
    memcpy(message->content.bytes + message->content.count, payload, taken);
    message->content.count += taken;
    if (header.length > SMALL_BYTES) used += HEADER_BYTES + taken;
    message->header.flags = header.flags;
    if (taken < header.length) {
      connection->filling = message;
      connection->filling_rest = header.length - taken;
      break;
    }
    frame_filled(connection, message, !(header.flags & FLAG_MORE));
  }
  return used;
}

// The rest of a large frame goes from the record straight to its place.
static int fill(connection *connection) {
  message *message = connection->filling;
  uint8_t *place = message->content.bytes + message->content.count;
  int count = SSL_read(connection->ssl, place, (int)connection->filling_rest);
  if (count <= 0) return count;
  message->content.count += (size_t)count;
  connection->filling_rest -= (size_t)count;
  if (connection->filling_rest == 0) {
    connection->filling = NULL;
    frame_filled(connection, message, !(message->header.flags & FLAG_MORE));
  }
  return count;
}

static void decrypt(connection *connection) {
  uint8_t *plain = connection->loop->plain;
  size_t have = connection->carry.count;
  int count = 1;
  if (have > 0) memcpy(plain, connection->carry.bytes, have);
  while (!connection->is_ending) {
    if (connection->filling != NULL) {
      count = fill(connection);
      if (count <= 0) break;
      continue;
    }
    count = SSL_read(connection->ssl, plain + have, (int)(PLAIN_BYTES - have));
    if (count <= 0) break;
    have += (size_t)count;
    size_t used = parse(connection, plain, have);
    have -= used;
    if (have > 0 && used > 0) memmove(plain, plain + used, have);
  }
  if (count <= 0 && SSL_get_error(connection->ssl, count) != SSL_ERROR_WANT_READ)
    connection_close(connection);
  connection->carry.count = 0;
  if (have == 0) return buffer_give_back(connection->loop, &connection->carry);
  buffer_borrow(connection->loop, &connection->carry);
  buffer_reserve(&connection->carry, have);
  memcpy(connection->carry.bytes, plain, have);
  connection->carry.count = have;
}

void connection_shake(connection *connection) {
  int result = SSL_do_handshake(connection->ssl);
  if (result == 1) {
    connection->is_open = true;
    connection_push(connection);
    connection->loop->on_open(connection);
  } else if (SSL_get_error(connection->ssl, result) != SSL_ERROR_WANT_READ) {
    connection_close(connection);
  }
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *bytes) {
  (void)suggested;
  connection *connection = handle->data;
  *bytes = uv_buf_init((char *)connection->loop->input, INPUT_BYTES);
}

static void did_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
  connection *connection = stream->data;
  loop *loop = connection->loop;
  if (count == 0) return;
  if (count < 0) return connection_close(connection);
  loop->now = bench_now();
  loop->tls.input = (const uint8_t *)bytes->base;
  loop->tls.input_count = (size_t)count;
  if (!connection->is_open) connection_shake(connection);
  if (connection->is_open && !connection->is_ending) decrypt(connection);
  // What TLS itself has to say; what the calls have to say waits for the end of the turn.
  connection_push(connection);
}

void connection_read(connection *connection) {
  uv_read_start((uv_stream_t *)&connection->tcp, give_buffer, did_read);
}
