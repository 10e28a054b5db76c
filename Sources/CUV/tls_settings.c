// SPDX-License-Identifier: Apache-2.0
#include "CUVTLS.h"

// X25519 first: half as many exchanges again a second as P-256 (`openssl speed ecdhx25519 ecdhp256`),
// which stands here since every TLS 1.3 peer has it (RFC 8446, 9.1). No larger group: a handshake is
// as strong as our P-256 certificates, and no stronger.
static const char *const groups = "X25519:P-256";

int cuv_tls_configure(SSL_CTX *context, int is_server, long session_seconds) {
  // Without tickets a session stays with its server and the peer gets only its name: the server can
  // forget it, and need not decode the client's certificate out of a ticket.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  // OpenSSL keeps none by itself: it would keep whole certificates, without a bound for one peer.
  SSL_CTX_set_session_cache_mode(
      context, (is_server ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_CLIENT) |
                   SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR);
  SSL_CTX_set_timeout(context, session_seconds);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_early_data(context, 0);
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set1_groups_list(context, groups) == 1;
}

int cuv_tls_ask_for_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

int cuv_tls_take_error(const char **words, int *alert) {
  unsigned long error = ERR_get_error();
  if (error == 0) return 0;
  int reason = ERR_GET_REASON(error);
  *words = ERR_reason_error_string(error);
  *alert = ERR_GET_LIB(error) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET;
  return reason;
}
