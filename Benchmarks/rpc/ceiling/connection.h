// SPDX-License-Identifier: Apache-2.0
// A loop with connections that carry frames. All that is queued in one turn of the loop leaves in
// one SSL_write and one uv_try_write; large messages leave frame by frame, in turn.
#ifndef CEILING_CONNECTION_H
#define CEILING_CONNECTION_H
#include "tls.h"
#include <stdbool.h>
#include <uv.h>

enum {
  HEADER_BYTES = 16,
  // Payload of one frame; longer messages travel in several.
  FRAME_BYTES = 64 << 10,
  // Above this a message is not copied into the turn's buffer.
  SMALL_BYTES = 4 << 10,
  SPARE_BUFFERS = 256,
};

// As Wire's, little endian.
typedef struct {
  uint32_t length, call;
  uint16_t method;
  uint8_t kind, flags;
  uint32_t timeout;
} frame_header;

enum { KIND_REQUEST = 2, KIND_RESPONSE = 3, KIND_ITEM = 4, KIND_END = 5 };
enum { FLAG_MORE = 1 };
enum { METHOD_ECHO = 1, METHOD_STREAM = 2 };

// A message that is larger than SMALL_BYTES, while it comes or goes.
typedef struct message {
  struct message *next;
  frame_header header;
  buffer content;
  size_t sent;
  // The content is somebody else's; its first bytes travel as `stamp`.
  bool is_borrowed;
  uint64_t stamp;
} message;

typedef struct {
  message *first, *last;
} message_queue;

typedef struct connection connection;

typedef struct loop {
  uv_loop_t uv;
  uv_prepare_t before;
  uv_check_t after;
  uv_idle_t again;
  SSL_CTX *context;
  tls_side side;
  tls_bytes tls;
  uint8_t *input, *plain;
  connection *dirty;
  message *spare_messages, *spare_borrowers;
  struct flight *spare_flights;
  // Buffers that connections had and gave back, to be had by others: an idle one owns none.
  buffer spare_buffers[SPARE_BUFFERS];
  int spare_count;
  // When the present read began: one look at the clock for all calls in it.
  uint64_t now;
  // What happens on a connection. `on_large` owns the message it is given.
  void (*on_open)(connection *);
  void (*on_small)(connection *, const frame_header *, const uint8_t *payload);
  void (*on_large)(connection *, message *);
  // There is room for more of what a connection with `wants_room` has to send.
  void (*on_room)(connection *);
  void (*on_end)(connection *);
} loop;

struct connection {
  uv_tcp_t tcp;
  loop *loop;
  SSL *ssl;
  // What a client's handshake shall resume, if anything.
  SSL_SESSION *session;
  void *owner;
  bool is_open, is_ending, is_dirty, wants_room;
  int flights;
  // Small frames of this turn, and large messages, to be sent.
  buffer queue;
  message_queue sending;
  // A frame that came in part; messages that came in part; the one whose frame is being filled.
  buffer carry;
  message *partial, *filling;
  size_t filling_rest;
  connection *next_dirty;
};

void loop_start(loop *loop, SSL_CTX *context, tls_side side);

// A connection whose socket is not connected yet.
connection *connection_new(loop *loop);
// Its socket is connected: begins to shake hands.
void connection_start(connection *connection);
void connection_close(connection *connection);

// Room for a small frame in the turn's buffer: writes the header, answers where the payload goes.
uint8_t *connection_frame(connection *connection, frame_header header);
void connection_send(connection *connection, message *message);
message *message_borrowing(loop *loop, const uint8_t *content, size_t count);
void message_free(loop *loop, message *message);
// There is something to send at the end of the turn.
void connection_dirty(connection *connection);
#endif
