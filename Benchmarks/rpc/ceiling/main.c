// SPDX-License-Identifier: Apache-2.0
// The ceiling: what a program of C, libuv and OpenSSL can do that says as much as Wire says.
//   ceiling server certs=FOLDER [resumption=1]
//   ceiling WORK certs=FOLDER port=PORT server=PID [name=value ...]
#include "programs.h"
#include <signal.h>

void run(loop *loop) { uv_run(&loop->uv, UV_RUN_DEFAULT); }

static void give_byte(uv_handle_t *handle, size_t suggested, uv_buf_t *bytes) {
  static char byte;
  (void)handle, (void)suggested;
  *bytes = uv_buf_init(&byte, 1);
}

static void did_read_input(uv_stream_t *input, ssize_t count, const uv_buf_t *bytes) {
  (void)bytes;
  if (count < 0) uv_stop(input->loop);
}

void stop_at_end_of_input(loop *loop) {
  static uv_pipe_t input;
  uv_pipe_init(&loop->uv, &input, 0);
  if (uv_pipe_open(&input, 0) != 0) bench_fail("the input is not a pipe");
  uv_read_start((uv_stream_t *)&input, give_byte, did_read_input);
}

static void did_dial(uv_connect_t *request, int status) {
  if (status != 0) bench_fail("the server cannot be reached");
  connection_start(request->data);
  free(request);
}

connection *dial(loop *loop, options options, void *owner) {
  connection *connection = connection_new(loop);
  uv_connect_t *request = malloc(sizeof *request);
  struct sockaddr_in address;
  if (request == NULL) bench_fail("no memory");
  connection->owner = owner;
  request->data = connection;
  uv_ip4_addr("127.0.0.1", (int)number(options, "port", 0), &address);
  if (uv_tcp_connect(request, &connection->tcp, (struct sockaddr *)&address, did_dial) != 0)
    bench_fail("a connection cannot be begun");
  return connection;
}

int main(int count, char **words) {
  const char *role = count > 1 ? words[1] : "";
  options options = {count, words};
  signal(SIGPIPE, SIG_IGN);
  bench_limit_life(count, words);
  if (strcmp(role, "server") == 0) return serve(options), 0;
  if (strcmp(role, "echo") == 0 || strcmp(role, "bulk") == 0) return call(options), 0;
  if (strcmp(role, "stream") == 0) return follow(options), 0;
  if (strcmp(role, "storm") == 0) return storm(options), 0;
  if (strcmp(role, "ping") == 0) return ping(options), 0;
  if (strcmp(role, "idle") == 0) return idle(options), 0;
  fprintf(stderr, "usage: ceiling server|echo|bulk|stream|storm|ping|idle certs=FOLDER ...\n");
  return 2;
}
