// SPDX-License-Identifier: Apache-2.0
// libuv and OpenSSL behind one header. Shims stand here for macros that Swift cannot import.
#ifndef CUV_H
#define CUV_H
#include <sys/timerfd.h>
#include <uv.h>
#include <openssl/ssl.h>
#include <openssl/err.h>
#include "CUVCertificates.h"
#include "CUVTLS.h"

// The loop whose thread this is, NULL on every other thread. Swift has no thread-local variables of
// its own; reading it is on the path of each call, so it is inlined.
extern __thread void *cuv_current_loop_slot;

static inline void *cuv_current_loop(void) {
  return cuv_current_loop_slot;
}

static inline void cuv_set_current_loop(void *loop) {
  cuv_current_loop_slot = loop;
}

// Names the calling thread (cut to 15 bytes) and blocks SIGPIPE on it: libuv writes without
// MSG_NOSIGNAL, and a peer that went away must be an error code. The mask of a thread leaves the
// rest of the process alone; libuv empties it again in child processes.
void cuv_thread_prepare(const char *name);

// Has the C library keep memory that is freed for what comes next, up to 32 MiB for each thread that
// allocates much: else each large message is paid for with page faults several times over, which
// cost more than to encrypt it. For the whole process, and once.
void cuv_keep_freed_memory(void);

// accept4(2), a GNU call that Swift does not see: the new socket does not block and is closed on
// exec. -1 and errno where it fails.
int cuv_accept(int listening, struct sockaddr *address, socklen_t *length);

// Lets a thread end by itself, without a join. libuv has no call for it.
void cuv_thread_detach(uv_thread_t thread);

// Marks every descriptor of the process from 3 on as close-on-exec, so that a child gets only those
// that it is meant to have. Libraries open sockets without the flag; a child that outlives us would
// keep our ports taken and our connections open. 0, or a negative error number as libuv's.
int cuv_descriptors_close_on_exec(void);
#endif
