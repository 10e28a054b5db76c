// SPDX-License-Identifier: Apache-2.0
// Many statements at once: all are posted, over several connections with `depth` requests under way
// on each; then each session's last one is waited for, and all results are fetched in pages and
// checked: each sum is there once, right, in order of numbers.
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>

#include "client.h"
#include "http.h"

enum { CONNECTIONS_MAX = 512, PAGE = 500 };

typedef struct {
  long session, posted, accepted, last;
  char *seen;  // By the number in the code.
} session_state;

typedef struct {
  http_connection http;
  session_state *session;
  int under_way;
} poster;

typedef struct {
  int port, depth;
  long count;  // Of each session.
} plan;

static void post_more(poster *poster, const plan *plan) {
  char path[128], body[64];
  session_state *session = poster->session;
  snprintf(path, sizeof path, "/sessions/%ld/statements", session->session);
  while (poster->under_way < plan->depth && session->posted < plan->count) {
    snprintf(body, sizeof body, "{\"code\":\"%ld+1\"}", session->posted++);
    http_put(&poster->http, "POST", path, body);
    poster->under_way++;
  }
  if (!http_send(&poster->http)) bench_fail("the kernel took no request");
}

static void take_answers(poster *poster) {
  http_answer answer;
  while (http_take(&poster->http, &answer)) {
    poster->under_way--;
    size_t at = 0;
    long id;
    if (answer.status != 201 || !http_number(&answer, &at, "\"id\":", &id)) {
      fprintf(stderr, "not accepted: %d %.*s\n", answer.status, (int)answer.count, answer.body);
      exit(1);
    }
    poster->session->accepted++;
    if (id > poster->session->last) poster->session->last = id;
  }
}

static void post_all(poster *posters, int connections, const plan *plan, long all) {
  int events = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < connections; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &posters[i]};
    int file = posters[i].http.file;
    if (fcntl(file, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(events, EPOLL_CTL_ADD, file, &event) != 0)
      bench_fail("a connection cannot be watched");
    post_more(&posters[i], plan);
  }
  long accepted = 0;
  while (accepted < all) {
    struct epoll_event ready[64];
    int count = epoll_wait(events, ready, 64, -1);
    if (count < 0 && errno != EINTR) bench_fail("epoll_wait");
    for (int i = 0; i < count; i++) {
      poster *poster = ready[i].data.ptr;
      long before = poster->session->accepted;
      if (http_read(&poster->http)) take_answers(poster);
      accepted += poster->session->accepted - before;
      post_more(poster, plan);
    }
  }
  close(events);
}

static void check_page(const http_answer *page, session_state *session, long count, long *checked) {
  size_t at = 0;
  long id, code, result, last = -1;
  while (http_number(page, &at, "{\"id\":", &id)) {
    if (!http_number(page, &at, "\"code\":\"", &code) ||
        !http_number(page, &at, "\"text/plain\":\"", &result))
      bench_fail("a statement without a result");
    if (id <= last || code < 0 || code >= count || session->seen[code] || result != code + 1)
      bench_fail("a wrong result");
    last = id;
    session->seen[code] = 1;
    (*checked)++;
  }
}

static void fetch(http_connection *http, session_state *session, long count) {
  char path[128];
  snprintf(path, sizeof path, "/sessions/%ld/statements?size=1", session->session);
  http_answer answer = http_ask(http, "GET", path, NULL);
  size_t at = 0;
  long total, checked = 0;
  if (!http_number(&answer, &at, "\"total_statements\":", &total)) bench_fail("no number of all");
  for (long from = total - count; from < total; from += PAGE) {
    snprintf(path, sizeof path, "/sessions/%ld/statements?from=%ld&size=%d", session->session, from,
             PAGE);
    answer = http_ask(http, "GET", path, NULL);
    check_page(&answer, session, count, &checked);
  }
  if (checked != count) bench_fail("some results are not there");
}

static void wait_for_last(http_connection *http, const session_state *session) {
  char path[128];
  snprintf(path, sizeof path, "/sessions/%ld/statements/%ld?wait=60", session->session, session->last);
  http_answer answer = http_ask(http, "GET", path, NULL);
  if (memmem(answer.body, answer.count, "\"available\"", 11) == NULL)
    bench_fail("the last statement did not end");
}

static double seconds(uint64_t from, uint64_t to) { return (double)(to - from) / 1e9; }

int flood(int count, char **words) {
  client_sessions ids = client_read_sessions(count, words);
  plan plan = {(int)bench_number(count, words, "port", 0), (int)bench_number(count, words, "depth", 1),
               (long)bench_number(count, words, "count", 5000)};
  int connections = (int)bench_number(count, words, "connections", 32);
  if (connections < ids.count || connections > CONNECTIONS_MAX) bench_fail("connections");
  static session_state sessions[CLIENT_SESSIONS_MAX];
  static poster posters[CONNECTIONS_MAX];
  for (int i = 0; i < ids.count; i++)
    sessions[i] = (session_state){.session = ids.ids[i], .last = -1, .seen = calloc((size_t)plan.count, 1)};
  for (int i = 0; i < connections; i++) {
    http_open(&posters[i].http, plan.port);
    posters[i].session = &sessions[i % ids.count];
  }
  http_connection reader;
  http_open(&reader, plan.port);
  long all = plan.count * ids.count;
  uint64_t began = bench_now();
  post_all(posters, connections, &plan, all);
  uint64_t accepted = bench_now();
  for (int i = 0; i < ids.count; i++) wait_for_last(&reader, &sessions[i]);
  uint64_t executed = bench_now();
  for (int i = 0; i < ids.count; i++) fetch(&reader, &sessions[i], plan.count);
  uint64_t fetched = bench_now();
  printf("{\"statements\": %ld, \"sessions\": %d, \"accepted_s\": %.6f, \"executed_s\": %.6f, "
         "\"fetched_s\": %.6f, \"client_cpu_us\": %.2f}\n",
         all, ids.count, seconds(began, accepted), seconds(began, executed), seconds(began, fetched),
         (double)bench_nanoseconds(CLOCK_PROCESS_CPUTIME_ID) / 1e3 / (double)all);
  return 0;
}
