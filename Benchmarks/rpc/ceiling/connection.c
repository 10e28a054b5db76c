// SPDX-License-Identifier: Apache-2.0
#include "connection.h"
#include "../common/measure.h"

enum {
  INPUT_BYTES = 64 << 10,
  // A record of TLS, and before it what is left of a small frame.
  PLAIN_BYTES = (16 << 10) + HEADER_BYTES + SMALL_BYTES,
  // The part of a large frame that travels in one record with its header.
  FIRST_BYTES = (16 << 10) - HEADER_BYTES,
  STREAM_ROUNDS = 16,
};

// Bytes that the kernel did not take at once.
typedef struct flight {
  uv_write_t request;
  struct flight *next;
  connection *connection;
  buffer output;
} flight;

// MARK: Buffers and messages

static void borrow(loop *loop, buffer *buffer) {
  if (buffer->bytes == NULL && loop->spare_count > 0)
    *buffer = loop->spare_buffers[--loop->spare_count];
}

static void give_back(loop *loop, buffer *buffer) {
  if (buffer->bytes == NULL) return;
  buffer->count = 0;
  if (loop->spare_count < SPARE_BUFFERS)
    loop->spare_buffers[loop->spare_count++] = *buffer;
  else
    free(buffer->bytes);
  memset(buffer, 0, sizeof *buffer);
}

static message *message_take(message **spare) {
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

// MARK: Writing

void connection_dirty(connection *connection) {
  if (connection->is_dirty) return;
  connection->is_dirty = true;
  connection->next_dirty = connection->loop->dirty;
  connection->loop->dirty = connection;
}

uint8_t *connection_frame(connection *connection, frame_header header) {
  buffer *queue = &connection->queue;
  borrow(connection->loop, queue);
  buffer_reserve(queue, HEADER_BYTES + header.length);
  uint8_t *place = queue->bytes + queue->count;
  memcpy(place, &header, HEADER_BYTES);
  queue->count += HEADER_BYTES + header.length;
  connection_dirty(connection);
  return place + HEADER_BYTES;
}

void connection_send(connection *connection, message *message) {
  if (connection->sending.last != NULL)
    connection->sending.last->next = message;
  else
    connection->sending.first = message;
  connection->sending.last = message;
  connection_dirty(connection);
}

static void flight_landed(uv_write_t *request, int status) {
  flight *flight = request->data;
  connection *connection = flight->connection;
  flight->next = connection->loop->spare_flights;
  connection->loop->spare_flights = flight;
  connection->flights--;
  if (status == 0) connection_dirty(connection);
}

// Gives the loop's output, which is this connection's now, to the kernel.
static void push(connection *connection) {
  loop *loop = connection->loop;
  buffer *output = &loop->tls.output;
  if (output->count == 0) return;
  if (connection->is_ending) {
    output->count = 0;
    return;
  }
  size_t sent = 0;
  if (connection->flights == 0) {
    uv_buf_t bytes = uv_buf_init((char *)output->bytes, (unsigned)output->count);
    int result = uv_try_write((uv_stream_t *)&connection->tcp, &bytes, 1);
    if (result > 0) sent = (size_t)result;
    if (result < 0 && result != UV_EAGAIN) {
      output->count = 0;
      return connection_close(connection);
    }
  }
  if (sent < output->count) {
    flight *flight = loop->spare_flights;
    if (flight != NULL)
      loop->spare_flights = flight->next;
    else if ((flight = calloc(1, sizeof *flight)) == NULL)
      bench_fail("no memory");
    // The buffers change owners; nothing is copied.
    buffer spare = flight->output;
    flight->output = *output;
    *output = spare;
    flight->connection = connection;
    flight->request.data = flight;
    uv_buf_t bytes = uv_buf_init(
        (char *)flight->output.bytes + sent, (unsigned)(flight->output.count - sent));
    connection->flights++;
    if (uv_write(&flight->request, (uv_stream_t *)&connection->tcp, &bytes, 1, flight_landed) != 0)
      bench_fail("a write was refused");
  }
  output->count = 0;
}

static void encrypt(connection *connection, const uint8_t *bytes, size_t count) {
  if (count > 0 && SSL_write(connection->ssl, bytes, (int)count) <= 0) bench_fail("TLS cannot encrypt");
}

// The next frame of the message whose turn it is.
static void encrypt_frame(connection *connection) {
  uint8_t first[HEADER_BYTES + FIRST_BYTES];
  message *message = connection->sending.first;
  connection->sending.first = message->next;
  if (message->next == NULL) connection->sending.last = NULL;
  message->next = NULL;

  size_t rest = message->content.count - message->sent;
  size_t length = rest < FRAME_BYTES ? rest : FRAME_BYTES;
  size_t joined = length < FIRST_BYTES ? length : FIRST_BYTES;
  const uint8_t *bytes = message->content.bytes + message->sent;
  frame_header header = message->header;
  header.length = (uint32_t)length;
  header.flags = length < rest ? FLAG_MORE : 0;
  if (message->sent > 0) header.method = 0, header.timeout = 0;
  memcpy(first, &header, HEADER_BYTES);
  memcpy(first + HEADER_BYTES, bytes, joined);
  if (message->sent == 0 && message->is_borrowed) bench_stamp(first + HEADER_BYTES, message->stamp);
  encrypt(connection, first, HEADER_BYTES + joined);
  encrypt(connection, bytes + joined, length - joined);
  message->sent += length;
  if (length < rest)
    connection_send(connection, message);
  else
    message_free(connection->loop, message);
}

static void flush(connection *connection) {
  int rounds = 0;
  while (connection->is_open && !connection->is_ending && connection->flights == 0) {
    if (connection->wants_room) {
      if (rounds++ == STREAM_ROUNDS) return connection_dirty(connection);
      connection->loop->on_room(connection);
    }
    if (connection->queue.count > 0) {
      encrypt(connection, connection->queue.bytes, connection->queue.count);
      connection->queue.count = 0;
    } else if (connection->sending.first != NULL) {
      encrypt_frame(connection);
    } else {
      break;
    }
    push(connection);
  }
  if (connection->queue.count == 0) give_back(connection->loop, &connection->queue);
}

static void turn_over(uv_idle_t *idle) { (void)idle; }

static void flush_dirty(loop *loop) {
  connection *next = loop->dirty;
  loop->dirty = NULL;
  while (next != NULL) {
    connection *connection = next;
    next = connection->next_dirty;
    connection->is_dirty = false;
    flush(connection);
  }
  // What is not done goes on in the next turn, which must not wait then.
  if (loop->dirty != NULL)
    uv_idle_start(&loop->again, turn_over);
  else
    uv_idle_stop(&loop->again);
}

static void before_poll(uv_prepare_t *handle) { flush_dirty(handle->data); }
static void after_poll(uv_check_t *handle) { flush_dirty(handle->data); }

// MARK: Reading

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
  if (count <= 0 && SSL_get_error(connection->ssl, count) != SSL_ERROR_WANT_READ) connection_close(connection);
  connection->carry.count = 0;
  if (have == 0) return give_back(connection->loop, &connection->carry);
  borrow(connection->loop, &connection->carry);
  buffer_reserve(&connection->carry, have);
  memcpy(connection->carry.bytes, plain, have);
  connection->carry.count = have;
}

static void shake(connection *connection) {
  int result = SSL_do_handshake(connection->ssl);
  if (result == 1) {
    connection->is_open = true;
    push(connection);
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
  if (!connection->is_open) shake(connection);
  if (connection->is_open && !connection->is_ending) decrypt(connection);
  // What TLS itself has to say; what the calls have to say waits for the end of the turn.
  push(connection);
}

// MARK: Life

void loop_start(loop *loop, SSL_CTX *context, tls_side side) {
  loop->context = context;
  loop->side = side;
  loop->input = malloc(INPUT_BYTES);
  loop->plain = malloc(PLAIN_BYTES);
  if (uv_loop_init(&loop->uv) != 0 || loop->input == NULL || loop->plain == NULL)
    bench_fail("no loop can be made");
  uv_prepare_init(&loop->uv, &loop->before);
  uv_check_init(&loop->uv, &loop->after);
  uv_idle_init(&loop->uv, &loop->again);
  loop->before.data = loop->after.data = loop;
  uv_prepare_start(&loop->before, before_poll);
  uv_check_start(&loop->after, after_poll);
  loop->now = bench_now();
}

connection *connection_new(loop *loop) {
  connection *connection = calloc(1, sizeof *connection);
  if (connection == NULL) bench_fail("no memory");
  connection->loop = loop;
  uv_tcp_init(&loop->uv, &connection->tcp);
  connection->tcp.data = connection;
  return connection;
}

void connection_start(connection *connection) {
  connection->ssl = tls_connection(connection->loop->context, connection->loop->side, &connection->loop->tls);
  SSL_set_app_data(connection->ssl, connection);
  if (connection->session != NULL) SSL_set_session(connection->ssl, connection->session);
  uv_tcp_nodelay(&connection->tcp, 1);
  uv_read_start((uv_stream_t *)&connection->tcp, give_buffer, did_read);
  if (connection->loop->side == TLS_CLIENT) {
    shake(connection);
    push(connection);
  }
}

static void did_close(uv_handle_t *handle) {
  connection *connection = handle->data;
  loop *loop = connection->loop;
  if (connection->is_dirty) {
    struct connection **place = &loop->dirty;
    while (*place != NULL && *place != connection) place = &(*place)->next_dirty;
    if (*place != NULL) *place = connection->next_dirty;
  }
  while (connection->partial != NULL) {
    message *message = connection->partial;
    connection->partial = message->next;
    message_free(loop, message);
  }
  while (connection->sending.first != NULL) {
    message *message = connection->sending.first;
    connection->sending.first = message->next;
    message_free(loop, message);
  }
  if (connection->ssl != NULL) tls_free(connection->ssl);
  give_back(loop, &connection->queue);
  give_back(loop, &connection->carry);
  free(connection);
}

void connection_close(connection *connection) {
  if (connection->is_ending) return;
  connection->is_ending = true;
  if (connection->loop->on_end != NULL) connection->loop->on_end(connection);
  uv_close((uv_handle_t *)&connection->tcp, did_close);
}
