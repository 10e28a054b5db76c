// SPDX-License-Identifier: Apache-2.0
//
// C++ protobuf, as the benchmark's runner starts it. Answers lines as Measuring/Conversation.swift
// does, and measures as Measuring/Figures.swift does.
#include <dlfcn.h>

#include <algorithm>
#include <iostream>
#include <sstream>

#include "works.h"

namespace {

constexpr uint64_t kBatchNanoseconds = 500000;
constexpr long kCountedTimes = 64;

uint64_t cpu_time(const Work &work, long times) {
  uint64_t start = bench_nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  work(times);
  return bench_nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

double nanoseconds(const Work &work, uint64_t milliseconds) {
  long times = 1;
  while (cpu_time(work, times) < kBatchNanoseconds) times *= 2;
  std::vector<double> batches;
  uint64_t spent = 0;
  while (spent < milliseconds * 1000000 || batches.size() < 3) {
    uint64_t time = cpu_time(work, times);
    batches.push_back(static_cast<double>(time) / static_cast<double>(times));
    spent += time;
  }
  std::sort(batches.begin(), batches.end());
  return batches[batches.size() / 2];
}

double allocations(const Work &work) {
  auto count = reinterpret_cast<uint64_t (*)()>(dlsym(RTLD_DEFAULT, "bench_allocations"));
  if (count == nullptr) bench_fail("allocations are not counted: load the counter with LD_PRELOAD");
  work(kCountedTimes);
  uint64_t before = count();
  work(kCountedTimes);
  return static_cast<double>(count() - before) / kCountedTimes;
}

void answer_bytes(const std::string &bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string line;
  for (unsigned char byte : bytes) {
    line.push_back(digits[byte >> 4]);
    line.push_back(digits[byte & 15]);
  }
  std::cout << line << std::endl;
}

void answer(const std::vector<Shape> &shapes, const std::string &line) {
  std::istringstream words(line);
  std::string question, name, form;
  uint64_t milliseconds = 0;
  words >> question >> name >> form >> milliseconds;
  for (const Shape &shape : shapes) {
    if (shape.name != name) continue;
    if (question == "bytes") return answer_bytes(shape.bytes);
    auto work = shape.works.find(form);
    if (work == shape.works.end())
      std::cout << "{}" << std::endl;
    else if (question == "count")
      std::cout << "{\"allocations\": " << allocations(work->second) << "}" << std::endl;
    else
      std::cout << "{\"ns\": " << nanoseconds(work->second, milliseconds) << "}" << std::endl;
    return;
  }
  bench_fail("no such shape");
}

}  // namespace

int main(int count, char **words) {
  bench_limit_life(count, words);
  std::vector<Shape> shapes = {shape("small", small()), shape("statement", statement()),
                               shape("table", table()), shape("deep", deep()),
                               shape("unknown", older())};
  for (std::string line; std::getline(std::cin, line);) answer(shapes, line);
  return 0;
}
