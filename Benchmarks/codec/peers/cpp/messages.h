// SPDX-License-Identifier: Apache-2.0
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H
#include "measure.h"
#include "shapes.pb.h"

livy::bench::Small small();
livy::bench::Statement statement();
livy::bench::Table table();
livy::bench::Deep deep();
livy::bench::Older older();
#endif
