// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

enum { SLOTS_MAX = 1 << 15 };

// An open call: found by the id in its answer.
typedef struct {
  uint64_t began, number;
  uint16_t generation;
  bool is_open, is_ping;
  int next_free;
} slot;

// One connection and its open calls.
typedef struct {
  connection *connection;
  slot *slots;
  int slot_count, free_slot;
  int index;
} lane;

typedef enum { CONNECTING, WARMING_UP, MEASURING } phase;

// How the calls are made, and what became of them. There is one of it.
static struct {
  options options;
  phase phase;
  lane *lanes;
  int connections, outstanding, open;
  size_t bytes;
  uint8_t *payload;
  bool has_ping, is_ping_open;
  uint64_t number, calls, calls_max, until, nanoseconds;
  uint64_t items_expected, items, warm_items;
  bench_window window;
  bench_histogram latencies, pings;
} work;

enum { PING_BYTES = 100, PING_MS = 1 };

// MARK: Slots

static int slot_open(lane *lane) {
  if (lane->free_slot < 0) {
    int grown = lane->slot_count == 0 ? 64 : lane->slot_count * 2;
    if (grown > SLOTS_MAX) bench_fail("too many calls are open");
    lane->slots = realloc(lane->slots, (size_t)grown * sizeof *lane->slots);
    if (lane->slots == NULL) bench_fail("no memory");
    for (int i = grown - 1; i >= lane->slot_count; i--) {
      lane->slots[i] = (slot){.next_free = lane->free_slot};
      lane->free_slot = i;
    }
    lane->slot_count = grown;
  }
  int index = lane->free_slot;
  slot *slot = &lane->slots[index];
  lane->free_slot = slot->next_free;
  slot->is_open = true;
  if (++slot->generation == 0) slot->generation = 1;
  return index;
}

static slot *slot_close(lane *lane, uint32_t call) {
  int index = (int)((call & 0xffff) >> 1);
  slot *slot = index < lane->slot_count ? &lane->slots[index] : NULL;
  if (slot == NULL || !slot->is_open || slot->generation != call >> 16)
    bench_fail("an answer to no call came");
  slot->is_open = false;
  slot->next_free = lane->free_slot;
  lane->free_slot = index;
  return slot;
}

// MARK: Calls

static void begin_call(lane *lane, bool is_ping) {
  int index = slot_open(lane);
  slot *slot = &lane->slots[index];
  size_t bytes = is_ping ? PING_BYTES : work.bytes;
  slot->began = lane->connection->loop->now;
  slot->number = ++work.number;
  slot->is_ping = is_ping;
  frame_header header = {
      .length = (uint32_t)bytes, .call = (uint32_t)slot->generation << 16 | (uint32_t)index << 1,
      .method = METHOD_ECHO, .kind = KIND_REQUEST, .timeout = 30000};
  if (bytes <= SMALL_BYTES) {
    uint8_t *payload = connection_frame(lane->connection, header);
    memcpy(payload, work.payload, bytes);
    bench_stamp(payload, slot->number);
  } else {
    message *message = message_borrowing(lane->connection->loop, work.payload, bytes);
    message->header = header;
    message->stamp = slot->number;
    connection_send(lane->connection, message);
  }
}

static void report_calls(loop *loop) {
  bench_window_end(&work.window);
  bench_report(&work.window, work.calls, work.has_ping ? &work.pings : &work.latencies, "");
  uv_stop(&loop->uv);
  exit(0);
}

static void keep_time(loop *loop) {
  switch (work.phase) {
    case CONNECTING:
      break;
    case WARMING_UP:
      if (loop->now < work.until) break;
      work.phase = MEASURING;
      work.calls = 0;
      bench_window_begin(&work.window, (pid_t)number(work.options, "server", 0));
      loop->now = bench_now();
      work.until = loop->now + work.nanoseconds;
      break;
    case MEASURING:
      if (work.calls_max == 0 && loop->now >= work.until) report_calls(loop);
  }
}

static void did_answer(connection *connection, uint32_t call, const uint8_t *answer, size_t count) {
  lane *lane = connection->owner;
  slot *slot = slot_close(lane, call);
  bool is_ping = slot->is_ping;
  bench_check(
      answer, count, slot->number, work.payload, is_ping ? PING_BYTES : work.bytes);
  uint64_t now = connection->loop->now;
  if (work.phase == MEASURING)
    bench_record(is_ping ? &work.pings : &work.latencies,
                 now > slot->began ? now - slot->began : 0);
  if (is_ping) {
    work.is_ping_open = false;
    return;
  }
  work.calls++;
  if (work.phase == MEASURING && work.calls == work.calls_max) report_calls(connection->loop);
  int next = lane->index + 1 == work.connections ? 0 : lane->index + 1;
  begin_call(&work.lanes[next], false);
}

static void small_answer(
    connection *connection, const frame_header *header, const uint8_t *payload) {
  if (header->kind != KIND_RESPONSE) bench_fail("a frame came that is no answer");
  keep_time(connection->loop);
  did_answer(connection, header->call, payload, header->length);
}

static void large_answer(connection *connection, message *message) {
  keep_time(connection->loop);
  did_answer(connection, message->header.call, message->content.bytes, message->content.count);
  message_free(connection->loop, message);
}

static void ping_beside(uv_timer_t *pace) {
  (void)pace;
  if (work.is_ping_open) return;
  work.is_ping_open = true;
  work.lanes[0].connection->loop->now = bench_now();
  begin_call(&work.lanes[0], true);
}

static void did_open(connection *connection) {
  if (++work.open < work.connections) return;
  work.phase = WARMING_UP;
  connection->loop->now = bench_now();
  work.until = connection->loop->now + (uint64_t)(number(work.options, "warmup", 0.5) * 1e9);
  for (int i = 0; i < work.outstanding; i++) begin_call(&work.lanes[i % work.connections], false);
  if (work.has_ping) {
    static uv_timer_t pace;
    uv_timer_init(&connection->loop->uv, &pace);
    uv_timer_start(&pace, ping_beside, PING_MS, PING_MS);
  }
}

static void did_end(connection *connection) {
  (void)connection;
  bench_fail("a connection ended");
}

static void connect_all(options options, loop *loop) {
  const char *folder = bench_option(options.count, options.words, "certs", ".");
  work.options = options;
  work.connections = (int)number(options, "connections", 1);
  work.outstanding = (int)number(options, "outstanding", 1);
  work.bytes = (size_t)number(options, "bytes", 100);
  work.has_ping = number(options, "ping", 0) != 0;
  work.calls_max = (uint64_t)number(options, "calls", 0);
  work.nanoseconds = (uint64_t)(number(options, "seconds", 2) * 1e9);
  work.lanes = calloc((size_t)work.connections, sizeof *work.lanes);
  size_t bytes = work.bytes < SMALL_BYTES ? SMALL_BYTES : work.bytes;
  work.payload = malloc(bytes);
  if (work.lanes == NULL || work.payload == NULL) bench_fail("no memory");
  bench_fill(work.payload, bytes);
  loop_start(loop, tls_context(TLS_CLIENT, folder, 0), TLS_CLIENT);
  loop->on_end = did_end;
  for (int i = 0; i < work.connections; i++) {
    work.lanes[i] = (lane){.free_slot = -1, .index = i};
    work.lanes[i].connection = dial(loop, options, &work.lanes[i]);
  }
}

void call(options options) {
  static loop loop;
  connect_all(options, &loop);
  loop.on_open = did_open;
  loop.on_small = small_answer;
  loop.on_large = large_answer;
  run(&loop);
}

// MARK: The stream

static void ask_for_items(connection *connection, uint64_t count) {
  uint32_t bytes = (uint32_t)work.bytes;
  uint8_t *payload = connection_frame(connection, (frame_header){
      .length = 12, .call = 1 << 16, .method = METHOD_STREAM, .kind = KIND_REQUEST});
  memcpy(payload, &count, 8);
  memcpy(payload + 8, &bytes, 4);
  work.items = 0;
  work.items_expected = count;
}

static void stream_open(connection *connection) {
  work.phase = WARMING_UP;
  ask_for_items(connection, (uint64_t)number(work.options, "warm_items", 100000));
}

static void did_follow(connection *connection, const frame_header *header, const uint8_t *payload) {
  if (header->kind == KIND_ITEM) {
    bench_check(payload, header->length, work.items, work.payload, work.bytes);
    work.items++;
    return;
  }
  if (header->kind != KIND_END || work.items != work.items_expected)
    bench_fail("the stream is not what was asked for");
  if (work.phase == MEASURING) {
    work.calls = work.items;
    report_calls(connection->loop);
  }
  work.phase = MEASURING;
  bench_window_begin(&work.window, (pid_t)number(work.options, "server", 0));
  ask_for_items(connection, (uint64_t)number(work.options, "items", 1000000));
}

void follow(options options) {
  static loop loop;
  connect_all(options, &loop);
  loop.on_open = stream_open;
  loop.on_small = did_follow;
  run(&loop);
}
