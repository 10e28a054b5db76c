// SPDX-License-Identifier: Apache-2.0
// What TLS needs of OpenSSL and Swift cannot import: macros, and the BIO on the byte path.
#ifndef CUV_TLS_H
#define CUV_TLS_H
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

// The two ends of a connection as OpenSSL sees them. Reading takes from bytes that belong to
// somebody else (the loop's read buffer); writing appends to a buffer that is borrowed until the
// output is taken. No memory BIO, so no copy into one: on the path of each byte, which is why this
// is C.
typedef struct {
  const uint8_t *input;
  size_t input_count;
  uint8_t *output;
  size_t output_count;
  size_t output_capacity;
} cuv_tls_bytes;

// A BIO over `bytes`, which must outlive it. NULL when there is no memory.
BIO *cuv_tls_bio(cuv_tls_bytes *bytes);

void cuv_tls_bytes_free(cuv_tls_bytes *bytes);

// Room for the plaintext of one TLS record, one for each thread, so that neither a connection nor a
// delivery needs memory of its own. NULL while it is lent out already. Give it back with
// `cuv_tls_return_record`.
enum { CUV_TLS_RECORD_BYTES = 16384 };
uint8_t *cuv_tls_borrow_record(void);
void cuv_tls_return_record(void);

// Size of the buffers that are lent: a message of 64 KiB with its records, twice. Larger output gets
// memory of its own.
enum { CUV_TLS_OUTPUT_BYTES = 128 << 10 };

// Makes room for `count` bytes more; 0 when there is no memory.
int cuv_tls_output_reserve(cuv_tls_bytes *bytes, size_t count);

// The output has left: gives its buffer back.
void cuv_tls_output_taken(cuv_tls_bytes *bytes);

// TLS 1.3 only, no early data, buffers given back when idle. Sessions are handed to the callbacks of
// the context and not kept by OpenSSL; a server gives none away until it is told to for a connection.
int cuv_tls_configure(SSL_CTX *context, int is_server, long session_seconds);

// Client: the server's name to ask for (SNI).
int cuv_tls_ask_for_name(SSL *ssl, const char *name);

// Takes the oldest error of this thread: its library-independent reason code; `alert` is set when
// it is an alert that the peer sent.
int cuv_tls_take_error(const char **words, int *alert);

static inline int cuv_tls_is_init_finished(const SSL *ssl) { return SSL_is_init_finished(ssl); }

static inline int cuv_tls_received_shutdown(const SSL *ssl) {
  return (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
}
#endif
