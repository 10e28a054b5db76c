// SPDX-License-Identifier: Apache-2.0
// Many connections: those that come all at once, and those that stay and are silent.
#include "programs.h"

enum { PAYLOAD_BYTES = 100, PAUSE_MS = 200, FIRST_CALL = 1 << 16 };

// One of the crowd: dials, makes one call, stays.
typedef struct {
  connection *connection;
  SSL_SESSION *session;
  uint64_t began;
} driver;

// There is one of it.
static struct {
  options options;
  loop loop;
  driver *drivers;
  int connections, dialled, answered, closed;
  bool is_resuming, is_over, keeps_session;
  uint8_t payload[PAYLOAD_BYTES];
  bench_window window;
  bench_histogram latencies;
} crowd;

static void ask(connection *connection, uint64_t number) {
  uint8_t *payload = connection_frame(connection, (frame_header){
      .length = PAYLOAD_BYTES, .call = FIRST_CALL, .method = METHOD_ECHO, .kind = KIND_REQUEST,
      .timeout = 30000});
  memcpy(payload, crowd.payload, PAYLOAD_BYTES);
  bench_stamp(payload, number);
}

static void dial_next(void) {
  driver *driver = &crowd.drivers[crowd.dialled++];
  driver->began = bench_now();
  driver->connection = dial(&crowd.loop, crowd.options, driver);
  driver->connection->session = crowd.is_resuming ? driver->session : NULL;
}

static void crowd_opened(connection *connection) {
  driver *driver = connection->owner;
  if (crowd.is_resuming && !SSL_session_reused(connection->ssl))
    bench_fail("a session was not resumed");
  ask(connection, (uint64_t)(driver - crowd.drivers));
}

static int keep_session(SSL *ssl, SSL_SESSION *session) {
  connection *connection = SSL_get_app_data(ssl);
  driver *driver = connection->owner;
  if (!crowd.keeps_session) return 0;
  SSL_SESSION_free(driver->session);
  driver->session = session;
  return 1;
}

static void connect_crowd(options options, bool resumption) {
  const char *folder = bench_option(options.count, options.words, "certs", ".");
  SSL_CTX *context = tls_context(TLS_CLIENT, folder, resumption);
  crowd.options = options;
  crowd.keeps_session = resumption;
  crowd.connections = (int)number(options, "connections", 1000);
  crowd.drivers = calloc((size_t)crowd.connections, sizeof *crowd.drivers);
  if (crowd.drivers == NULL) bench_fail("no memory");
  bench_fill(crowd.payload, PAYLOAD_BYTES);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  loop_start(&crowd.loop, context, TLS_CLIENT);
  crowd.loop.on_open = crowd_opened;
}

static void let_in(void) {
  int at_once = (int)number(crowd.options, "at_once", 128);
  while (crowd.dialled < crowd.connections && crowd.dialled - crowd.answered < at_once) dial_next();
}

static void check_answer(
    connection *connection, const frame_header *header, const uint8_t *payload) {
  driver *driver = connection->owner;
  uint64_t expected = (uint64_t)(driver - crowd.drivers);
  if (header->kind != KIND_RESPONSE || header->call != FIRST_CALL) bench_fail("a strange answer");
  bench_check(payload, header->length, expected, crowd.payload, PAYLOAD_BYTES);
}

// MARK: The storm

static void begin_storm(uv_timer_t *timer) {
  (void)timer;
  crowd.is_over = false;
  crowd.dialled = crowd.answered = crowd.closed = 0;
  memset(&crowd.latencies, 0, sizeof crowd.latencies);
  bench_window_begin(&crowd.window, (pid_t)number(crowd.options, "server", 0));
  let_in();
}

static void storm_over(void) {
  bool is_last = crowd.is_resuming || !crowd.keeps_session;
  char more[64];
  bench_window_end(&crowd.window);
  snprintf(more, sizeof more, "\"resumed\": %s, \"more\": %s, ",
           crowd.is_resuming ? "true" : "false", is_last ? "false" : "true");
  bench_report(&crowd.window, (uint64_t)crowd.connections, &crowd.latencies, more);
  if (is_last) exit(0);
  crowd.is_over = true;
  for (int i = 0; i < crowd.connections; i++) connection_close(crowd.drivers[i].connection);
}

// When all have gone, the same drivers come again with the sessions that they keep.
static void storm_ended(connection *connection) {
  static uv_timer_t pause;
  if (!crowd.is_over) bench_fail("a connection was refused or cut");
  if (++crowd.closed < crowd.connections) return;
  crowd.is_resuming = true;
  uv_timer_init(&connection->loop->uv, &pause);
  uv_timer_start(&pause, begin_storm, PAUSE_MS, 0);
}

static void storm_answer(
    connection *connection, const frame_header *header, const uint8_t *payload) {
  check_answer(connection, header, payload);
  driver *driver = connection->owner;
  bench_record(&crowd.latencies, bench_now() - driver->began);
  if (++crowd.answered == crowd.connections) return storm_over();
  let_in();
}

void storm(options options) {
  connect_crowd(options, number(options, "resumption", 1) != 0);
  crowd.loop.on_small = storm_answer;
  crowd.loop.on_end = storm_ended;
  begin_storm(NULL);
  run(&crowd.loop);
}

// MARK: The idle

static void idle_answer(
    connection *connection, const frame_header *header, const uint8_t *payload) {
  check_answer(connection, header, payload);
  if (++crowd.answered < crowd.connections) return let_in();
  printf("open %d\n", crowd.connections);
  fflush(stdout);
}

static void idle_ended(connection *connection) {
  (void)connection;
  bench_fail("a connection was refused or cut");
}

void idle(options options) {
  connect_crowd(options, false);
  crowd.loop.on_small = idle_answer;
  crowd.loop.on_end = idle_ended;
  stop_at_end_of_input(&crowd.loop);
  let_in();
  run(&crowd.loop);
}
