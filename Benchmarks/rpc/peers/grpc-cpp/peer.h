// SPDX-License-Identifier: Apache-2.0
// gRPC C++ as the benchmark's runner starts it: callback server, callback client, mutual TLS.
#ifndef GRPC_CPP_PEER_H
#define GRPC_CPP_PEER_H
#include "echo.grpc.pb.h"
#include "measure.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <string>

struct Options {
  int count;
  char **words;

  double number(const char *name, double otherwise) const {
    return bench_number(count, words, name, otherwise);
  }
  std::string text(const char *name) const { return bench_option(count, words, name, ""); }
};

using livy::bench::Echo;
using livy::bench::EchoRequest;
using livy::bench::EchoResponse;
using livy::bench::FollowRequest;
using livy::bench::Item;

// The bytes of a file in the folder of the certificates.
std::string certificate_file(const Options &options, const std::string &name);

// Each channel has a connection of its own.
std::shared_ptr<grpc::Channel> dial(const Options &options);

// A call's deadline: so far from now.
std::chrono::system_clock::time_point deadline();

// A payload that is known on both sides.
std::string payload(size_t bytes);

inline void stamp(std::string &bytes, uint64_t number) {
  bench_stamp(reinterpret_cast<uint8_t *>(bytes.data()), number);
}

inline void check(const std::string &answer, uint64_t number, const std::string &expected) {
  bench_check(reinterpret_cast<const uint8_t *>(answer.data()), answer.size(), number,
              reinterpret_cast<const uint8_t *>(expected.data()), expected.size());
}

inline void check(const grpc::Status &status) {
  if (!status.ok()) bench_fail(status.error_message().c_str());
}

// One call, waited for.
void call_once(Echo::Stub &stub, std::string &bytes, uint64_t number);

void serve(const Options &options);
void call(const Options &options);
void follow(const Options &options);
void storm(const Options &options);
void idle(const Options &options);
void ping(const Options &options);
#endif
