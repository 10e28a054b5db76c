// SPDX-License-Identifier: Apache-2.0
// As much of HTTP/1.1 as the benchmark's client needs: kept connections to loopback, several requests
// under way on one, answers with a Content-Length.
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H
#include <stddef.h>

typedef struct {
  char *bytes;
  size_t start, end, room;
} http_buffer;

typedef struct {
  int file;
  http_buffer in, out;
} http_connection;

// Points into the connection's buffer: good until the next read.
typedef struct {
  int status;
  const char *body;
  size_t count;
} http_answer;

void http_open(http_connection *connection, int port);
// Puts a request behind those that were not sent; `body` may be NULL.
void http_put(http_connection *connection, const char *method, const char *path, const char *body);
// Sends what was put. 0 when the kernel takes no more now.
int http_send(http_connection *connection);
// Reads once. 0 when nothing is there on a connection that does not wait.
int http_read(http_connection *connection);
// The next whole answer, if it is there.
int http_take(http_connection *connection, http_answer *answer);
// One request and its answer, on a connection that waits.
http_answer http_ask(http_connection *connection, const char *method, const char *path,
                     const char *body);
// The number behind `name` in an answer's JSON, from `*at` on; moves `*at` behind the name.
int http_number(const http_answer *answer, size_t *at, const char *name, long *value);
#endif
