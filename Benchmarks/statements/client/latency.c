// SPDX-License-Identifier: Apache-2.0
// One statement after the other, each in the next session: POST, then GET with ?wait=; or, with
// `posts=wait`, one POST with ?wait=. One client, one kept connection.
#include "client.h"
#include "http.h"

enum { WAIT_SECONDS = 20 };

static void check_sum(const http_answer *answer, long number) {
  char right[64];
  snprintf(right, sizeof right, "\"text/plain\":\"%ld\"", number + 1);
  if (memmem(answer->body, answer->count, right, strlen(right)) != NULL) return;
  fprintf(stderr, "not %s: %.*s\n", right, (int)answer->count, answer->body);
  exit(1);
}

static void run(http_connection *connection, long session, long number, int is_one) {
  char path[128], body[64];
  snprintf(body, sizeof body, "{\"code\":\"%ld+1\"}", number);
  snprintf(path, sizeof path, "/sessions/%ld/statements%s", session, is_one ? "?wait=20" : "");
  http_answer answer = http_ask(connection, "POST", path, body);
  if (!is_one) {
    size_t at = 0;
    long id;
    if (!http_number(&answer, &at, "\"id\":", &id)) bench_fail("a statement without a number");
    snprintf(path, sizeof path, "/sessions/%ld/statements/%ld?wait=%d", session, id, WAIT_SECONDS);
    answer = http_ask(connection, "GET", path, NULL);
  }
  check_sum(&answer, number);
}

int latency(int count, char **words) {
  http_connection connection;
  http_open(&connection, (int)bench_number(count, words, "port", 0));
  client_sessions sessions = client_read_sessions(count, words);
  int is_one = strcmp(bench_option(count, words, "posts", ""), "wait") == 0;
  long runs = (long)bench_number(count, words, "count", 1000);
  static bench_histogram latencies;
  for (long number = 0; number < runs; number++) {
    uint64_t began = bench_now();
    run(&connection, sessions.ids[number % sessions.count], number, is_one);
    bench_record(&latencies, bench_now() - began);
  }
  client_report(&latencies);
  return 0;
}
