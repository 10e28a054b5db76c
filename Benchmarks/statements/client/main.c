// SPDX-License-Identifier: Apache-2.0
// The client of the benchmark of statements: WORK NAME=VALUE ...; prints one line of JSON.
#include "client.h"

client_sessions client_read_sessions(int count, char **words) {
  client_sessions sessions = {.count = 0};
  const char *rest = bench_option(count, words, "sessions", "0");
  while (*rest != 0 && sessions.count < CLIENT_SESSIONS_MAX) {
    char *end;
    sessions.ids[sessions.count++] = strtol(rest, &end, 10);
    rest = *end == ',' ? end + 1 : "";
  }
  return sessions;
}

void client_report(const bench_histogram *latencies) {
  printf("{\"statements\": %llu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"client_cpu_us\": %.2f}\n",
         (unsigned long long)latencies->count, bench_percentile(latencies, 0.5),
         bench_percentile(latencies, 0.99),
         (double)bench_nanoseconds(CLOCK_PROCESS_CPUTIME_ID) / 1e3 / (double)latencies->count);
}

int main(int count, char **words) {
  bench_limit_life(count, words);
  const char *work = count > 1 ? words[1] : "";
  if (strcmp(work, "latency") == 0) return latency(count, words);
  if (strcmp(work, "alone") == 0) return alone(count, words);
  if (strcmp(work, "flood") == 0) return flood(count, words);
  fprintf(stderr, "usage: client latency|alone|flood NAME=VALUE ...\n");
  return 2;
}
