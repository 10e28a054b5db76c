// SPDX-License-Identifier: Apache-2.0
//
// zlib, in calls without a state, so that Swift hands over arrays and nothing else. The stream that
// zlib wants lives on the stack of each call.

#ifndef CZIP_H
#define CZIP_H

#include <stddef.h>
#include <stdint.h>

// The formats that HTTP knows.
enum {
  // gzip (RFC 1952), one or several members; or zlib (RFC 1950).
  CZIP_WRAPPED,
  // Bare deflate (RFC 1951), which some clients send as `deflate`.
  CZIP_BARE,
};

enum {
  // The bytes are not of the format, are damaged, or end too soon.
  CZIP_DAMAGED = -1,
  // They decode to more than was allowed.
  CZIP_TOO_LARGE = -2,
  // There is no memory.
  CZIP_NO_MEMORY = -3,
};

// How many bytes `input` decodes to, at most `size_max`; below 0 what is wrong. Stores nothing, so
// a bomb costs time, and no more of it than `size_max` allows.
int64_t czip_decoded_size(
    const uint8_t *input, size_t input_size, int format, size_t size_max);

// Decodes into `output`, which must hold it all. Gives the number of bytes; below 0 what is wrong.
int64_t czip_decode(
    const uint8_t *input, size_t input_size, int format, uint8_t *output,
    size_t output_size);

// Room that `czip_encode` needs for `input_size` bytes.
size_t czip_encoded_size_max(size_t input_size);

// Encodes as one member of gzip. Gives the number of bytes; below 0 what is wrong.
int64_t czip_encode(
    const uint8_t *input, size_t input_size, int level, uint8_t *output, size_t output_size);

#endif
