// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include <thread>

namespace {

class Service final : public bench::Echo::Server {
  kj::Promise<void> echo(EchoContext context) override {
    auto payload = context.getParams().getPayload();
    context.getResults(capnp::MessageSize{payload.size() / 8 + 64, 0}).setPayload(payload);
    return kj::READY_NOW;
  }

  kj::Promise<void> follow(FollowContext context) override {
    auto params = context.getParams();
    auto stream = kj::heap<Stream>(params.getItemBytes());
    stream->left = params.getItems();
    stream->sink = params.getSink();
    auto done = send(*stream);
    return done.attach(kj::mv(stream));
  }

  struct Stream {
    explicit Stream(size_t bytes) : payload(bytes) {}

    Payload payload;
    uint64_t left = 0, number = 0;
    bench::Echo::Sink::Client sink = nullptr;
  };

  // The promise of a streaming call is ready when the next item may go.
  static kj::Promise<void> send(Stream &stream) {
    if (stream.left == 0) return kj::READY_NOW;
    stream.left--;
    auto request = stream.sink.itemRequest();
    stream.payload.put(
        request.initPayload(static_cast<uint>(stream.payload.bytes.size())), stream.number++);
    return request.send().then([&stream] { return send(stream); });
  }
};

}  // namespace

void serve(const Options &options) {
  auto io = kj::setupAsyncIo();
  Security security(options, "server");
  capnp::TwoPartyServer server(kj::heap<Service>());
  auto address = io.provider->getNetwork().parseAddress("127.0.0.1", 0).wait(io.waitScope);
  auto listener = address->listen();
  uint port = listener->getPort();
  auto receiver = security.context().wrapPort(kj::mv(listener));
  printf("listening %u\n", port);
  fflush(stdout);
  std::thread([] {
    while (getchar() != EOF) {
    }
    _exit(0);
  }).detach();
  server.listen(*receiver).wait(io.waitScope);
}
