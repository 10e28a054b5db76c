// SPDX-License-Identifier: Apache-2.0
#include "CUVTLS.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Output is made and taken within one call into a connection, so a few buffers serve all
// connections: an idle one has none, and a busy thread finds the one it used last, still in the
// processor's cache. Each slot has a line of the cache to itself; a thread begins at its own.
enum { SLOTS = 16, CACHE_LINE = 64 };

// The kernel copies out of these buffers into pages. Where source and target lie 64 bytes apart
// modulo a page's size, its copy took five times as long on the AMD EPYC where this was measured,
// probably since loads wait for stores that only look like their own: so each begins with a page.
enum { PAGE_BYTES = 4096 };

static struct {
  _Alignas(CACHE_LINE) _Atomic(uint8_t *) buffer;
} spares[SLOTS];

static atomic_uint threads;
static __thread unsigned own_slot;

static unsigned first_slot(void) {
  if (own_slot == 0) own_slot = 1 + atomic_fetch_add(&threads, 1) % SLOTS;
  return own_slot - 1;
}

static uint8_t *borrow(void) {
  unsigned first = first_slot();
  for (unsigned i = 0; i < SLOTS; i++) {
    _Atomic(uint8_t *) *slot = &spares[(first + i) % SLOTS].buffer;
    if (atomic_load_explicit(slot, memory_order_relaxed) == NULL) continue;
    uint8_t *buffer = atomic_exchange(slot, NULL);
    if (buffer != NULL) return buffer;
  }
  return aligned_alloc(PAGE_BYTES, CUV_TLS_OUTPUT_BYTES);
}

static void give_back(uint8_t *buffer) {
  unsigned first = first_slot();
  for (unsigned i = 0; i < SLOTS; i++) {
    uint8_t *empty = NULL;
    if (atomic_compare_exchange_strong(&spares[(first + i) % SLOTS].buffer, &empty, buffer)) return;
  }
  free(buffer);
}

int cuv_tls_output_reserve(cuv_tls_bytes *bytes, size_t count) {
  size_t needed = bytes->output_count + count;
  if (needed <= bytes->output_capacity) return 1;
  if (bytes->output == NULL && needed <= CUV_TLS_OUTPUT_BYTES) {
    bytes->output = borrow();
    bytes->output_capacity = bytes->output == NULL ? 0 : CUV_TLS_OUTPUT_BYTES;
    return bytes->output != NULL;
  }
  size_t capacity = 2 * CUV_TLS_OUTPUT_BYTES;
  while (capacity < needed) capacity *= 2;
  uint8_t *larger = aligned_alloc(PAGE_BYTES, capacity);
  if (larger == NULL) return 0;
  if (bytes->output_count > 0) memcpy(larger, bytes->output, bytes->output_count);
  size_t kept = bytes->output_count;
  cuv_tls_output_taken(bytes);
  bytes->output = larger;
  bytes->output_capacity = capacity;
  bytes->output_count = kept;
  return 1;
}

void cuv_tls_output_taken(cuv_tls_bytes *bytes) {
  if (bytes->output_capacity == CUV_TLS_OUTPUT_BYTES) {
    give_back(bytes->output);
  } else {
    free(bytes->output);
  }
  bytes->output = NULL;
  bytes->output_count = 0;
  bytes->output_capacity = 0;
}
