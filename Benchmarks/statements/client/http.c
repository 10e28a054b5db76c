// SPDX-License-Identifier: Apache-2.0
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>

#include "../../rpc/common/measure.h"

static void make_room(http_buffer *buffer, size_t count) {
  if (buffer->start == buffer->end) buffer->start = buffer->end = 0;
  if (buffer->room - buffer->end >= count) return;
  memmove(buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
  buffer->end -= buffer->start;
  buffer->start = 0;
  while (buffer->room - buffer->end < count) {
    buffer->room = buffer->room == 0 ? 1 << 16 : buffer->room * 2;
    buffer->bytes = realloc(buffer->bytes, buffer->room);
    if (buffer->bytes == NULL) bench_fail("no memory");
  }
}

void http_open(http_connection *connection, int port) {
  memset(connection, 0, sizeof *connection);
  connection->file = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int yes = 1;
  if (connection->file < 0 ||
      connect(connection->file, (struct sockaddr *)&address, sizeof address) != 0 ||
      setsockopt(connection->file, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
    bench_fail("no connection to the server");
}

void http_put(http_connection *connection, const char *method, const char *path, const char *body) {
  http_buffer *out = &connection->out;
  size_t count = body == NULL ? 0 : strlen(body);
  make_room(out, 256 + strlen(path) + count);
  out->end += (size_t)sprintf(
      out->bytes + out->end,
      "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
      "Content-Length: %zu\r\n\r\n%s",
      method, path, count, body == NULL ? "" : body);
}

int http_send(http_connection *connection) {
  http_buffer *out = &connection->out;
  while (out->start < out->end) {
    ssize_t sent = send(connection->file, out->bytes + out->start, out->end - out->start, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return 0;
    if (sent <= 0) bench_fail("the server closed a connection");
    out->start += (size_t)sent;
  }
  return 1;
}

int http_read(http_connection *connection) {
  http_buffer *in = &connection->in;
  make_room(in, 1 << 14);
  ssize_t got = recv(connection->file, in->bytes + in->end, in->room - in->end, 0);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got <= 0) bench_fail("the server closed a connection");
  in->end += (size_t)got;
  return 1;
}

int http_take(http_connection *connection, http_answer *answer) {
  http_buffer *in = &connection->in;
  const char *head = in->bytes + in->start;
  const char *end = in->end == in->start ? NULL : memmem(head, in->end - in->start, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  size_t count = 0;
  for (const char *line = head; line < end; line++) {
    line = memchr(line, '\n', (size_t)(end - line));
    if (line == NULL) break;
    if (strncasecmp(line + 1, "content-length:", 15) == 0) count = strtoul(line + 16, NULL, 10);
  }
  size_t whole = (size_t)(end - head) + 4 + count;
  if (in->end - in->start < whole) return 0;
  *answer = (http_answer){.status = atoi(head + 9), .body = end + 4, .count = count};
  in->start += whole;
  return 1;
}

http_answer http_ask(http_connection *connection, const char *method, const char *path,
                     const char *body) {
  http_answer answer;
  http_put(connection, method, path, body);
  http_send(connection);
  while (!http_take(connection, &answer)) http_read(connection);
  if (answer.status >= 300) {
    fprintf(stderr, "%s %s: %d %.*s\n", method, path, answer.status, (int)answer.count, answer.body);
    exit(1);
  }
  return answer;
}

int http_number(const http_answer *answer, size_t *at, const char *name, long *value) {
  if (*at >= answer->count) return 0;
  const char *found = memmem(answer->body + *at, answer->count - *at, name, strlen(name));
  if (found == NULL) return 0;
  *at = (size_t)(found - answer->body) + strlen(name);
  *value = strtol(found + strlen(name), NULL, 10);  // A brace or a quote stands behind it.
  return 1;
}
