// SPDX-License-Identifier: Apache-2.0
#ifndef CEILING_PROGRAMS_H
#define CEILING_PROGRAMS_H
#include "../common/measure.h"
#include "connection.h"

typedef struct {
  int count;
  char **words;
} options;

static inline double number(options options, const char *name, double otherwise) {
  return bench_number(options.count, options.words, name, otherwise);
}

// Answers until its input ends.
void serve(options options);
// Echo and bulk: so many calls outstanding over so many connections.
void call(options options);
// A stream of small items.
void follow(options options);
// A storm of connections: full handshakes, then resumed ones.
void storm(options options);
// One connection that calls now and then, while others storm; tells of it when asked.
void ping(options options);
// Connections that are open and silent.
void idle(options options);

// Runs the loop until it is stopped.
void run(loop *loop);
// Stops the loop when the program's input ends.
void stop_at_end_of_input(loop *loop);
// Connects to the port in the options.
connection *dial(loop *loop, options options, void *owner);
#endif
