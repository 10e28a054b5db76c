// SPDX-License-Identifier: Apache-2.0
#include "CUVTLS.h"
#include <pthread.h>
#include <string.h>

static int tls_read(BIO *bio, char *target, int count) {
  cuv_tls_bytes *bytes = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (bytes->input_count == 0 || count <= 0) {
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
  cuv_tls_bytes *bytes = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (count <= 0) return 0;
  if (!cuv_tls_output_reserve(bytes, (size_t)count)) return -1;
  memcpy(bytes->output + bytes->output_count, source, (size_t)count);
  bytes->output_count += (size_t)count;
  return count;
}

static long tls_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  // OpenSSL flushes after each flight; our bytes leave at the end of the loop's turn.
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int tls_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

static BIO_METHOD *tls_method;
static pthread_once_t tls_method_once = PTHREAD_ONCE_INIT;

static void make_tls_method(void) {
  BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "livy");
  if (method == NULL) return;
  BIO_meth_set_read(method, tls_read);
  BIO_meth_set_write(method, tls_write);
  BIO_meth_set_ctrl(method, tls_control);
  BIO_meth_set_create(method, tls_create);
  tls_method = method;
}

BIO *cuv_tls_bio(cuv_tls_bytes *bytes) {
  pthread_once(&tls_method_once, make_tls_method);
  if (tls_method == NULL) return NULL;
  BIO *bio = BIO_new(tls_method);
  if (bio != NULL) BIO_set_data(bio, bytes);
  return bio;
}

static __thread _Alignas(64) uint8_t tls_record[CUV_TLS_RECORD_BYTES];
static __thread int tls_record_is_lent;

uint8_t *cuv_tls_borrow_record(void) {
  if (tls_record_is_lent) return NULL;
  tls_record_is_lent = 1;
  return tls_record;
}

void cuv_tls_return_record(void) {
  tls_record_is_lent = 0;
}

void cuv_tls_bytes_free(cuv_tls_bytes *bytes) {
  cuv_tls_output_taken(bytes);
  memset(bytes, 0, sizeof *bytes);
}
