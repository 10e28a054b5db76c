// SPDX-License-Identifier: Apache-2.0
// Typed stacks of OpenSSL are macros, which Swift does not import.
#ifndef CUV_CERTIFICATES_H
#define CUV_CERTIFICATES_H
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline int cuv_general_names_count(const GENERAL_NAMES *names) {
  return sk_GENERAL_NAME_num(names);
}

// The text of the name at `index` if it is a URI, else NULL. The text is not ended by a NUL: take
// `length`.
static inline const unsigned char *cuv_general_names_uri(
    const GENERAL_NAMES *names, int index, int *length) {
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  if (name == NULL || name->type != GEN_URI) return NULL;
  *length = ASN1_STRING_length(name->d.uniformResourceIdentifier);
  return ASN1_STRING_get0_data(name->d.uniformResourceIdentifier);
}
#endif
