// SPDX-License-Identifier: Apache-2.0
// What the works of the client share.
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include "../../rpc/common/measure.h"

enum { CLIENT_SESSIONS_MAX = 64 };

typedef struct {
  long ids[CLIENT_SESSIONS_MAX];
  int count;
} client_sessions;

// `sessions=3,4,5`
client_sessions client_read_sessions(int count, char **words);
void client_report(const bench_histogram *latencies);

int latency(int count, char **words);
int alone(int count, char **words);
int flood(int count, char **words);
#endif
