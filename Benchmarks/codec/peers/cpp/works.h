// SPDX-License-Identifier: Apache-2.0
// The forms of coding a message, each as work that is done so many times.
#ifndef BENCH_WORKS_H
#define BENCH_WORKS_H
#include <google/protobuf/util/message_differencer.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages.h"

using Work = std::function<void(long times)>;

struct Shape {
  std::string name, bytes;
  std::map<std::string, Work> works;
};

// The compiler must think that the value is needed, and that it may have changed.
template <typename Value>
inline void keep(const Value &value) {
  asm volatile("" : : "r"(&value) : "memory");
}

template <typename Message>
std::map<std::string, Work> works(const Message &original, const std::string &bytes) {
  auto message = std::make_shared<Message>(original);
  auto reused = std::make_shared<Message>();
  auto memory = std::make_shared<std::vector<uint8_t>>(bytes.size());
  int size = static_cast<int>(memory->size());
  return {
      {"size",
       [=](long times) {
         for (; times > 0; times--) {
           keep(*message);
           keep(message->ByteSizeLong());
         }
       }},
      {"write",
       [=](long times) {
         message->ByteSizeLong();
         for (; times > 0; times--) {
           keep(*message);
           keep(message->SerializeWithCachedSizesToArray(memory->data()));
         }
       }},
      {"buffer",
       [=](long times) {
         for (; times > 0; times--) {
           keep(*message);
           if (!message->SerializeToArray(memory->data(), size)) bench_fail("no room");
           keep(*memory->data());
         }
       }},
      {"owned",
       [=](long times) {
         for (; times > 0; times--) {
           keep(*message);
           keep(message->SerializeAsString());
         }
       }},
      {"fresh",
       [=](long times) {
         for (; times > 0; times--) {
           Message made;
           if (!made.ParseFromArray(bytes.data(), size)) bench_fail("not readable");
           keep(made);
         }
       }},
      {"reused",
       [=](long times) {
         for (; times > 0; times--) {
           if (!reused->ParseFromArray(bytes.data(), size)) bench_fail("not readable");
           keep(*reused);
         }
       }},
  };
}

// Checks that all forms agree, and makes works of them.
template <typename Message>
Shape shape(const std::string &name, const Message &message) {
  std::string bytes = message.SerializeAsString();
  std::string written(bytes.size(), '\0');
  Message read;
  if (message.ByteSizeLong() != bytes.size() ||
      !message.SerializeToArray(written.data(), static_cast<int>(written.size())) ||
      written != bytes || !read.ParseFromString(bytes) ||
      !google::protobuf::util::MessageDifferencer::Equals(read, message))
    bench_fail("what was written is not what was meant");
  return {name, bytes, works(message, bytes)};
}
#endif
