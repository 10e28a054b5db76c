// SPDX-License-Identifier: Apache-2.0
#include "../common/measure.h"
#include "internals.h"

enum {
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

// MARK: Writing

void connection_dirty(connection *connection) {
  if (connection->is_dirty) return;
  connection->is_dirty = true;
  connection->next_dirty = connection->loop->dirty;
  connection->loop->dirty = connection;
}

uint8_t *connection_frame(connection *connection, frame_header header) {
  buffer *queue = &connection->queue;
  buffer_borrow(connection->loop, queue);
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

void connection_push(connection *connection) {
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
  if (count > 0 && SSL_write(connection->ssl, bytes, (int)count) <= 0)
    bench_fail("TLS cannot encrypt");
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
    connection_push(connection);
  }
  if (connection->queue.count == 0) buffer_give_back(connection->loop, &connection->queue);
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

// MARK: Life

void loop_start(loop *loop, SSL_CTX *context, tls_side side) {
  loop->context = context;
  loop->side = side;
  loop->input = aligned_alloc(4096, INPUT_BYTES);
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
  loop *loop = connection->loop;
  connection->ssl = tls_connection(loop->context, loop->side, &loop->tls);
  SSL_set_app_data(connection->ssl, connection);
  if (connection->session != NULL) SSL_set_session(connection->ssl, connection->session);
  uv_tcp_nodelay(&connection->tcp, 1);
  connection_read(connection);
  if (loop->side == TLS_CLIENT) {
    connection_shake(connection);
    connection_push(connection);
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
  buffer_give_back(loop, &connection->queue);
  buffer_give_back(loop, &connection->carry);
  free(connection);
}

void connection_close(connection *connection) {
  if (connection->is_ending) return;
  connection->is_ending = true;
  if (connection->loop->on_end != NULL) connection->loop->on_end(connection);
  uv_close((uv_handle_t *)&connection->tcp, did_close);
}
