// SPDX-License-Identifier: Apache-2.0
// TLS 1.3 with mutual certificates, over bytes that lie in memory.
#ifndef CEILING_TLS_H
#define CEILING_TLS_H
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

// Bytes that grow at their end.
typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} buffer;

void buffer_reserve(buffer *buffer, size_t more);

// What OpenSSL reads from and writes to: `input` lies in the loop's one read buffer, `output` is
// the loop's one output buffer.
typedef struct {
  const uint8_t *input;
  size_t input_count;
  buffer output;
} tls_bytes;

typedef enum { TLS_SERVER, TLS_CLIENT } tls_side;

// `folder` has ca.pem, SIDE.pem and SIDE.key. With `resumption` the server keeps sessions of its
// own, without tickets that carry state, and the client is told of them.
SSL_CTX *tls_context(tls_side side, const char *folder, int resumption);

// One side of one connection. All connections of a loop share one `bytes`.
SSL *tls_connection(SSL_CTX *context, tls_side side, tls_bytes *bytes);

// Frees a connection and leaves its session fit for another handshake.
void tls_free(SSL *ssl);
#endif
