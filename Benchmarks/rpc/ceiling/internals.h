// SPDX-License-Identifier: Apache-2.0
// What the files of a connection know of each other, and nobody else.
#ifndef CEILING_INTERNALS_H
#define CEILING_INTERNALS_H
#include "connection.h"

enum {
  INPUT_BYTES = 64 << 10,
  // A record of TLS, and before it what is left of a small frame.
  PLAIN_BYTES = (16 << 10) + HEADER_BYTES + SMALL_BYTES,
};

// An empty buffer becomes one that others had, if there is one; a full one goes back to them.
void buffer_borrow(loop *loop, buffer *buffer);
void buffer_give_back(loop *loop, buffer *buffer);
message *message_take(message **spare);

// Shakes hands as far as what came allows.
void connection_shake(connection *connection);
// Gives the loop's output, which is this connection's now, to the kernel.
void connection_push(connection *connection);
// Begins to take what comes.
void connection_read(connection *connection);
#endif
