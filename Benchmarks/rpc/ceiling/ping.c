// SPDX-License-Identifier: Apache-2.0
// A driver that was there before the storm, and goes on calling while it lasts.
#include "programs.h"

enum { PAYLOAD_BYTES = 100, CALL = 1 << 16, EVERY_MS = 5 };

// There is one of it.
static struct {
  loop loop;
  connection *connection;
  uv_timer_t timer;
  uint8_t payload[PAYLOAD_BYTES];
  uint64_t began, number;
  bench_histogram latencies;
} pinger;

static void call_once(uv_timer_t *timer) {
  (void)timer;
  if (pinger.began != 0) return;
  uint8_t *payload = connection_frame(pinger.connection, (frame_header){
      .length = PAYLOAD_BYTES, .call = CALL, .method = METHOD_ECHO, .kind = KIND_REQUEST});
  memcpy(payload, pinger.payload, PAYLOAD_BYTES);
  bench_stamp(payload, ++pinger.number);
  pinger.began = bench_now();
}

static void did_open(connection *connection) {
  uv_timer_init(&connection->loop->uv, &pinger.timer);
  uv_timer_start(&pinger.timer, call_once, 0, EVERY_MS);
}

static void did_answer(connection *connection, const frame_header *header, const uint8_t *payload) {
  (void)connection;
  bench_check(payload, header->length, pinger.number, pinger.payload, PAYLOAD_BYTES);
  if (pinger.number == 1) puts("open 1"), fflush(stdout);
  bench_record(&pinger.latencies, bench_now() - pinger.began);
  pinger.began = 0;
}

static void did_end(connection *connection) {
  (void)connection;
  bench_fail("the connection ended");
}

static void give_byte(uv_handle_t *handle, size_t suggested, uv_buf_t *bytes) {
  static char byte;
  (void)handle, (void)suggested;
  *bytes = uv_buf_init(&byte, 1);
}

// Each byte of input asks for what was measured since the last.
static void did_ask(uv_stream_t *input, ssize_t count, const uv_buf_t *bytes) {
  static const bench_window window;
  (void)bytes;
  if (count < 0) return uv_stop(input->loop);
  if (count == 0) return;
  bench_report(&window, pinger.latencies.count, &pinger.latencies, "");
  memset(&pinger.latencies, 0, sizeof pinger.latencies);
}

void ping(options options) {
  static uv_pipe_t input;
  const char *folder = bench_option(options.count, options.words, "certs", ".");
  bench_fill(pinger.payload, PAYLOAD_BYTES);
  loop_start(&pinger.loop, tls_context(TLS_CLIENT, folder, 0), TLS_CLIENT);
  pinger.loop.on_open = did_open;
  pinger.loop.on_small = did_answer;
  pinger.loop.on_end = did_end;
  pinger.connection = dial(&pinger.loop, options, NULL);
  uv_pipe_init(&pinger.loop.uv, &input, 0);
  if (uv_pipe_open(&input, 0) != 0) bench_fail("the input is not a pipe");
  uv_read_start((uv_stream_t *)&input, give_byte, did_ask);
  run(&pinger.loop);
}
