// SPDX-License-Identifier: Apache-2.0
// What every C and C++ program of the benchmark needs: its options, clocks, a histogram of
// latencies, and the one line that it prints as its result.
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// MARK: Options: `name=value` words after the program's role.

static inline const char *bench_option(int count, char **words, const char *name,
                                       const char *otherwise) {
  size_t length = strlen(name);
  for (int i = 2; i < count; i++) {
    if (strncmp(words[i], name, length) == 0 && words[i][length] == '=')
      return words[i] + length + 1;
  }
  return otherwise;
}

static inline double bench_number(int count, char **words, const char *name, double otherwise) {
  const char *text = bench_option(count, words, name, NULL);
  return text == NULL ? otherwise : strtod(text, NULL);
}

static inline void bench_fail(const char *what) {
  fprintf(stderr, "failed: %s\n", what);
  exit(1);
}

// No program outlives its run, whatever became of the runner: the alarm's default is death.
static inline void bench_limit_life(int count, char **words) {
  alarm((unsigned)bench_number(count, words, "life", 300));
}

// MARK: Clocks

static inline uint64_t bench_nanoseconds(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) bench_fail("a clock cannot be read");
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline uint64_t bench_now(void) { return bench_nanoseconds(CLOCK_MONOTONIC); }

// A span of wall time with the CPU time (user and system) that both processes spent in it. The
// client reads the server's CPU clock itself, so both are read at the same moment.
typedef struct {
  uint64_t wall, client, server;
  clockid_t server_clock;
} bench_window;

static inline void bench_window_begin(bench_window *window, pid_t server) {
  if (clock_getcpuclockid(server, &window->server_clock) != 0) bench_fail("no clock of the server");
  window->server = bench_nanoseconds(window->server_clock);
  window->client = bench_nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
  window->wall = bench_now();
}

static inline void bench_window_end(bench_window *window) {
  window->wall = bench_now() - window->wall;
  window->client = bench_nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - window->client;
  window->server = bench_nanoseconds(window->server_clock) - window->server;
}

// MARK: Latencies: nanoseconds, 128 steps to each doubling, so within 0.4 %.

enum { BENCH_STEP_BITS = 8, BENCH_STEPS = (66 - BENCH_STEP_BITS) << (BENCH_STEP_BITS - 1) };

typedef struct {
  uint64_t count;
  uint64_t steps[BENCH_STEPS];
} bench_histogram;

static inline void bench_record(bench_histogram *histogram, uint64_t nanoseconds) {
  unsigned shift = 0;
  if (nanoseconds >> BENCH_STEP_BITS)
    shift = (unsigned)(63 - __builtin_clzll(nanoseconds)) - BENCH_STEP_BITS + 1;
  // The upper half of a doubling's steps is used, but for the first.
  size_t step = ((size_t)shift << (BENCH_STEP_BITS - 1)) + (size_t)(nanoseconds >> shift);
  histogram->steps[step]++;
  histogram->count++;
}

// Microseconds under which `share` of the latencies lie: the middle of the step.
static inline double bench_percentile(const bench_histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)(share * (double)histogram->count + 0.5), seen = 0;
  if (wanted == 0) wanted = 1;
  for (size_t step = 0; step < BENCH_STEPS; step++) {
    seen += histogram->steps[step];
    if (seen < wanted) continue;
    unsigned half = 1u << (BENCH_STEP_BITS - 1);
    unsigned shift = step < 2 * half ? 0 : (unsigned)(step / half) - 1;
    double base = (double)(step - ((size_t)shift << (BENCH_STEP_BITS - 1)));
    return (base + 0.5) * (double)(1ull << shift) / 1000;
  }
  return 0;
}

// MARK: The result: one line of JSON; `more` is text such as `"resumed": true, `.

static inline void bench_report(const bench_window *window, uint64_t calls,
                                const bench_histogram *latencies, const char *more) {
  printf("{%s\"calls\": %llu, \"seconds\": %.6f, \"client_cpu_us\": %.1f, \"server_cpu_us\": %.1f, "
         "\"p50_us\": %.2f, \"p99_us\": %.2f, \"p999_us\": %.2f}\n",
         more, (unsigned long long)calls, (double)window->wall / 1e9,
         (double)window->client / 1e3, (double)window->server / 1e3,
         bench_percentile(latencies, 0.5), bench_percentile(latencies, 0.99),
         bench_percentile(latencies, 0.999));
  fflush(stdout);
}

// MARK: Payloads: each byte is known; a call's number stands in the first eight.

static inline void bench_fill(uint8_t *payload, size_t count) {
  for (size_t i = 0; i < count; i++) payload[i] = (uint8_t)(i * 131 + 17);
}

static inline void bench_stamp(uint8_t *payload, uint64_t number) {
  memcpy(payload, &number, sizeof number);
}

// An answer is right when it is as long as asked, begins with the number and ends as the payload.
static inline void bench_check(const uint8_t *answer, size_t count, uint64_t number,
                               const uint8_t *payload, size_t expected) {
  if (count != expected || memcmp(answer, &number, 8) != 0 ||
      memcmp(answer + count - 8, payload + count - 8, 8) != 0)
    bench_fail("an answer is not the echo of its call");
}
#endif
