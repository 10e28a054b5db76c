// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CUV.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

__thread void *cuv_current_loop_slot;

void cuv_thread_prepare(const char *name) {
  char cut[16];
  strncpy(cut, name, sizeof cut - 1);
  cut[sizeof cut - 1] = 0;
  pthread_setname_np(pthread_self(), cut);

  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
}

static void keep_freed_memory(void) {
#ifdef __GLIBC__
  // Set one by one, since the first turns off that the library sets them itself.
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

void cuv_keep_freed_memory(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, keep_freed_memory);
}

// For kernels before 5.11, which cannot mark a range.
static int mark_one_by_one(void) {
  DIR *folder = opendir("/proc/self/fd");
  if (folder == NULL) return -errno;
  struct dirent *entry;
  while ((entry = readdir(folder)) != NULL) {
    char *end;
    long descriptor = strtol(entry->d_name, &end, 10);
    if (*end != 0 || end == entry->d_name || descriptor < 3 || descriptor > INT_MAX) continue;
    int flags = fcntl((int)descriptor, F_GETFD);
    if (flags >= 0) fcntl((int)descriptor, F_SETFD, flags | FD_CLOEXEC);
  }
  closedir(folder);
  return 0;
}

int cuv_descriptors_close_on_exec(void) {
  if (syscall(SYS_close_range, 3U, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0) return 0;
  return mark_one_by_one();
}

int cuv_accept(int listening, struct sockaddr *address, socklen_t *length) {
  return accept4(listening, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void cuv_thread_detach(uv_thread_t thread) {
  pthread_detach(thread);
}
