// SPDX-License-Identifier: Apache-2.0
// libuv and OpenSSL behind one header. Shims stand here for macros that Swift cannot import.
#ifndef CUV_H
#define CUV_H
#include <uv.h>
#include <openssl/ssl.h>
#include <openssl/err.h>
#endif
