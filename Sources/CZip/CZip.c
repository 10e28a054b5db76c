// SPDX-License-Identifier: Apache-2.0

#include "CZip.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

// zlib's names for its formats: the window's size, plus 32 to tell gzip and zlib apart by
// themselves, plus 16 for gzip, negative for neither's frame.
enum { WINDOW = 15, EITHER = WINDOW + 32, GZIP = WINDOW + 16, BARE = -WINDOW };

static uInt piece(size_t size) { return size > UINT_MAX ? UINT_MAX : (uInt)size; }

// Decodes into `output`, or into nothing when it is NULL. zlib counts in `uInt`, so input and
// output are handed over in pieces.
static int64_t decode(
    const uint8_t *input, size_t input_size, int window, uint8_t *output, size_t size_max) {
  uint8_t scratch[32768];
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (inflateInit2(&stream, window) != Z_OK) return CZIP_NO_MEMORY;
  size_t rest = input_size, size = 0;
  int64_t result = CZIP_DAMAGED;
  stream.next_in = (Bytef *)input;
  for (;;) {
    size_t room = size_max - size;
    // One byte more than is allowed tells "just enough" from "too much".
    uint8_t beyond;
    uint8_t *place = output == NULL ? scratch : room == 0 ? &beyond : output + size;
    size_t place_size = output == NULL ? sizeof scratch : room == 0 ? 1 : room;
    stream.next_out = place;
    stream.avail_out = piece(place_size);
    uInt given_out = stream.avail_out;
    uInt given_in = stream.avail_in = piece(rest);
    int code = inflate(&stream, Z_NO_FLUSH);
    rest -= given_in - stream.avail_in;
    size_t written = given_out - stream.avail_out;
    if (written > room) {
      result = CZIP_TOO_LARGE;
      break;
    }
    size += written;
    if (code == Z_STREAM_END) {
      if (rest == 0) {
        result = (int64_t)size;
        break;
      }
      // gzip may go on with another member; the other formats end here.
      if (window != EITHER || inflateReset2(&stream, GZIP) != Z_OK) break;
      continue;
    }
    if (code == Z_MEM_ERROR) {
      result = CZIP_NO_MEMORY;
      break;
    }
    // Z_BUF_ERROR: nothing moved, so the input ends too soon.
    if (code != Z_OK) break;
  }
  inflateEnd(&stream);
  return result;
}

static int window_of(int format) {
  return format == CZIP_BARE ? BARE : EITHER;
}

int64_t czip_decoded_size(
    const uint8_t *input, size_t input_size, int format, size_t size_max) {
  return decode(input, input_size, window_of(format), NULL, size_max);
}

int64_t czip_decode(
    const uint8_t *input, size_t input_size, int format, uint8_t *output,
    size_t output_size) {
  uint8_t none;
  return decode(
      input, input_size, window_of(format), output == NULL ? &none : output,
      output == NULL ? 0 : output_size);
}

size_t czip_encoded_size_max(size_t input_size) {
  // Deflate's worst case is stored blocks, 5 bytes for each 16 KiB; the frame has 18.
  return input_size + (input_size >> 10) + 256;
}

int64_t czip_encode(
    const uint8_t *input, size_t input_size, int level, uint8_t *output, size_t output_size) {
  if (input_size > UINT_MAX || output_size > UINT_MAX) return CZIP_TOO_LARGE;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (deflateInit2(&stream, level, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return CZIP_NO_MEMORY;
  }
  stream.next_in = (Bytef *)input;
  stream.avail_in = (uInt)input_size;
  stream.next_out = output;
  stream.avail_out = (uInt)output_size;
  int code = deflate(&stream, Z_FINISH);
  size_t size = output_size - stream.avail_out;
  deflateEnd(&stream);
  return code == Z_STREAM_END ? (int64_t)size : CZIP_TOO_LARGE;
}
