// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

// A stream that is under way.
typedef struct {
  uint64_t left, number;
  uint32_t call, bytes;
} items;

static uint8_t pattern[SMALL_BYTES];

static void begin_items(
    connection *connection, const frame_header *header, const uint8_t *payload) {
  items *stream = calloc(1, sizeof *stream);
  if (stream == NULL || header->length < 12) bench_fail("a stream cannot begin");
  memcpy(&stream->left, payload, 8);
  memcpy(&stream->bytes, payload + 8, 4);
  stream->call = header->call;
  if (stream->bytes < 8 || stream->bytes > SMALL_BYTES || connection->owner != NULL)
    bench_fail("a stream was asked for that is not made here");
  bench_fill(pattern, stream->bytes);
  connection->owner = stream;
  connection->wants_room = true;
  connection_dirty(connection);
}

// A frame's worth of items, one after the other.
static void queue_items(connection *connection) {
  items *stream = connection->owner;
  while (stream->left > 0 && connection->queue.count < FRAME_BYTES) {
    uint8_t *item = connection_frame(connection, (frame_header){
        .length = stream->bytes, .call = stream->call, .kind = KIND_ITEM});
    memcpy(item, pattern, stream->bytes);
    bench_stamp(item, stream->number++);
    stream->left--;
  }
  if (stream->left > 0) return;
  connection_frame(connection, (frame_header){.call = stream->call, .kind = KIND_END});
  connection->wants_room = false;
  connection->owner = NULL;
  free(stream);
}

static void answer_small(
    connection *connection, const frame_header *header, const uint8_t *payload) {
  if (header->method == METHOD_STREAM) return begin_items(connection, header, payload);
  uint8_t *answer = connection_frame(connection, (frame_header){
      .length = header->length, .call = header->call, .kind = KIND_RESPONSE});
  memcpy(answer, payload, header->length);
}

static void answer_large(connection *connection, message *message) {
  message->header = (frame_header){.call = message->header.call, .kind = KIND_RESPONSE};
  connection_send(connection, message);
}

static void did_open(connection *connection) { (void)connection; }

static void forget(connection *connection) {
  free(connection->owner);
  connection->owner = NULL;
}

static void did_connect(uv_stream_t *listener, int status) {
  if (status != 0) return;
  connection *connection = connection_new(listener->data);
  if (uv_accept(listener, (uv_stream_t *)&connection->tcp) != 0) bench_fail("accept");
  connection_start(connection);
}

void serve(options options) {
  static loop loop;
  const char *folder = bench_option(options.count, options.words, "certs", ".");
  loop_start(
      &loop, tls_context(TLS_SERVER, folder, number(options, "resumption", 0) != 0), TLS_SERVER);
  loop.on_open = did_open;
  loop.on_small = answer_small;
  loop.on_large = answer_large;
  loop.on_room = queue_items;
  loop.on_end = forget;
  stop_at_end_of_input(&loop);

  uv_tcp_t listener;
  struct sockaddr_in address;
  int count = sizeof address;
  uv_tcp_init(&loop.uv, &listener);
  listener.data = &loop;
  uv_ip4_addr("127.0.0.1", 0, &address);
  if (uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) != 0 ||
      uv_listen((uv_stream_t *)&listener, 1024, did_connect) != 0)
    bench_fail("cannot listen");
  uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &count);
  printf("listening %d\n", ntohs(address.sin_port));
  fflush(stdout);
  run(&loop);
}
