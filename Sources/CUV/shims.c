// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CUV.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>

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

void cuv_thread_detach(uv_thread_t thread) {
  pthread_detach(thread);
}
