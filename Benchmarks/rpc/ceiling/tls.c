// SPDX-License-Identifier: Apache-2.0
#include "tls.h"
#include "../common/measure.h"
#include <openssl/err.h>

void buffer_reserve(buffer *buffer, size_t more) {
  if (buffer->count + more <= buffer->capacity) return;
  size_t capacity = buffer->capacity == 0 ? 4096 : buffer->capacity;
  while (capacity < buffer->count + more) capacity *= 2;
  // Pages, as those that the kernel copies to: see tls_output.c.
  uint8_t *larger = aligned_alloc(4096, capacity);
  if (larger == NULL) bench_fail("no memory");
  if (buffer->count > 0) memcpy(larger, buffer->bytes, buffer->count);
  free(buffer->bytes);
  buffer->bytes = larger;
  buffer->capacity = capacity;
}

static int tls_read(BIO *bio, char *target, int count) {
  tls_bytes *bytes = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (bytes->input_count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  size_t taken = (size_t)count < bytes->input_count ? (size_t)count : bytes->input_count;
  memcpy(target, bytes->input, taken);
  bytes->input += taken;
  bytes->input_count -= taken;
  return (int)taken;
}

static int tls_write(BIO *bio, const char *source, int count) {
  buffer *output = &((tls_bytes *)BIO_get_data(bio))->output;
  BIO_clear_retry_flags(bio);
  buffer_reserve(output, (size_t)count);
  memcpy(output->bytes + output->count, source, (size_t)count);
  output->count += (size_t)count;
  return count;
}

static long tls_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH;
}

static int tls_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

static BIO_METHOD *tls_method(void) {
  static BIO_METHOD *method;
  if (method != NULL) return method;
  method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ceiling");
  BIO_meth_set_read(method, tls_read);
  BIO_meth_set_write(method, tls_write);
  BIO_meth_set_ctrl(method, tls_control);
  BIO_meth_set_create(method, tls_create);
  return method;
}

static const unsigned char protocol[] = "\6livy/1";

static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *count,
                           const unsigned char *offer, unsigned offered, void *context) {
  (void)ssl, (void)context;
  int result = SSL_select_next_proto((unsigned char **)chosen, count, protocol,
                                     sizeof protocol - 1, offer, offered);
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void check(int result, const char *what) {
  if (result == 1) return;
  ERR_print_errors_fp(stderr);
  bench_fail(what);
}

SSL_CTX *tls_context(tls_side side, const char *folder, int resumption) {
  SSL_CTX *context = SSL_CTX_new(TLS_method());
  const char *name = side == TLS_SERVER ? "server" : "client";
  char path[4096];
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_early_data(context, 0);
  check(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION), "TLS 1.3");
  check(SSL_CTX_set1_groups_list(context, "X25519:P-256"), "groups");
  check(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256"), "cipher");
  check(SSL_CTX_set_num_tickets(context, resumption ? 1 : 0), "tickets");
  if (!resumption) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  } else if (side == TLS_SERVER) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_set_session_id_context(context, protocol, sizeof protocol - 1);
  } else {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  }
  snprintf(path, sizeof path, "%s/%s.pem", folder, name);
  check(SSL_CTX_use_certificate_file(context, path, SSL_FILETYPE_PEM), path);
  snprintf(path, sizeof path, "%s/%s.key", folder, name);
  check(SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM), path);
  snprintf(path, sizeof path, "%s/ca.pem", folder);
  check(SSL_CTX_load_verify_file(context, path), path);
  SSL_CTX_set_verify_depth(context, 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  if (side == TLS_SERVER)
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
  else
    SSL_CTX_set_alpn_protos(context, protocol, sizeof protocol - 1);
  return context;
}

SSL *tls_connection(SSL_CTX *context, tls_side side, tls_bytes *bytes) {
  SSL *ssl = SSL_new(context);
  BIO *bio = BIO_new(tls_method());
  if (ssl == NULL || bio == NULL) bench_fail("no memory for TLS");
  BIO_set_data(bio, bytes);
  SSL_set_bio(ssl, bio, bio);
  if (side == TLS_SERVER)
    SSL_set_accept_state(ssl);
  else
    SSL_set_connect_state(ssl);
  return ssl;
}

void tls_free(SSL *ssl) {
  // OpenSSL takes a session for bad whose connection ended without a goodbye.
  SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl);
}
