// SPDX-License-Identifier: Apache-2.0
// Cap'n Proto as the benchmark's runner starts it: its two-party RPC over its own TLS.
#ifndef CAPNP_PEER_H
#define CAPNP_PEER_H
#include "echo.capnp.h"
#include "measure.h"

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <kj/compat/tls.h>
#include <string>
#include <vector>

struct Options {
  int count;
  char **words;

  double number(const char *name, double otherwise) const {
    return bench_number(count, words, name, otherwise);
  }
  std::string text(const char *name) const { return bench_option(count, words, name, ""); }
};

// The settings of TLS for one side, `server` or `client`, with all that they point to.
class Security {
 public:
  Security(const Options &options, const std::string &side);
  kj::TlsContext &context() { return *context_; }

 private:
  kj::Own<kj::TlsKeypair> keypair_;
  kj::Own<kj::TlsCertificate> authority_;
  kj::Own<kj::TlsContext> context_;
};

// A connection of a client's.
struct Lane {
  kj::Own<kj::AsyncIoStream> stream;
  kj::Own<capnp::TwoPartyClient> client;
  bench::Echo::Client echo = nullptr;
};

kj::Promise<kj::Own<Lane>> dial(const Options &options, kj::AsyncIoContext &io, Security &security);

// A payload that is known on both sides.
struct Payload {
  explicit Payload(size_t count) : bytes(count) { bench_fill(bytes.data(), count); }

  void put(capnp::Data::Builder target, uint64_t number) const {
    memcpy(target.begin(), bytes.data(), bytes.size());
    bench_stamp(target.begin(), number);
  }
  void check(capnp::Data::Reader answer, uint64_t number) const {
    bench_check(answer.begin(), answer.size(), number, bytes.data(), bytes.size());
  }

  std::vector<uint8_t> bytes;
};

// One call; its answer is checked.
kj::Promise<void> call_once(bench::Echo::Client &echo, const Payload &payload, uint64_t number);

void serve(const Options &options);
void call(const Options &options);
void follow(const Options &options);
void storm(const Options &options);
void idle(const Options &options);
void ping(const Options &options);
#endif
