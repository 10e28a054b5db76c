// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include <fstream>
#include <sstream>

namespace {

std::string read(const Options &options, const std::string &name) {
  std::ifstream file(options.text("certs") + "/" + name);
  std::stringstream bytes;
  bytes << file.rdbuf();
  if (bytes.str().empty()) bench_fail(name.c_str());
  return bytes.str();
}

}  // namespace

Security::Security(const Options &options, const std::string &side) {
  kj::TlsPrivateKey key(kj::StringPtr(read(options, side + ".key").c_str()));
  kj::TlsCertificate certificate(kj::StringPtr(read(options, side + ".pem").c_str()));
  keypair_ = kj::heap<kj::TlsKeypair>({kj::mv(key), kj::mv(certificate)});
  authority_ = kj::heap<kj::TlsCertificate>(kj::StringPtr(read(options, "ca.pem").c_str()));
  kj::TlsContext::Options settings;
  settings.useSystemTrustStore = false;
  settings.verifyClients = true;
  settings.trustedCertificates = kj::arrayPtr(authority_.get(), 1);
  settings.defaultKeypair = *keypair_;
  context_ = kj::heap<kj::TlsContext>(settings);
}

kj::Promise<kj::Own<Lane>> dial(
    const Options &options, kj::AsyncIoContext &io, Security &security) {
  auto port = static_cast<uint>(options.number("port", 0));
  return io.provider->getNetwork()
      .parseAddress("127.0.0.1", port)
      .then([](kj::Own<kj::NetworkAddress> address) {
        auto connected = address->connect();
        return connected.attach(kj::mv(address));
      })
      .then([&security](kj::Own<kj::AsyncIoStream> stream) {
        return security.context().wrapClient(kj::mv(stream), "localhost");
      })
      .then([](kj::Own<kj::AsyncIoStream> stream) {
        auto lane = kj::heap<Lane>();
        lane->stream = kj::mv(stream);
        lane->client = kj::heap<capnp::TwoPartyClient>(*lane->stream);
        lane->echo = lane->client->bootstrap().castAs<bench::Echo>();
        return lane;
      });
}

kj::Promise<void> call_once(bench::Echo::Client &echo, const Payload &payload, uint64_t number) {
  auto request = echo.echoRequest(capnp::MessageSize{payload.bytes.size() / 8 + 64, 0});
  payload.put(request.initPayload(static_cast<uint>(payload.bytes.size())), number);
  return request.send().then([&payload, number](auto &&response) {
    payload.check(response.getPayload(), number);
  });
}

int main(int count, char **words) {
  const std::string role = count > 1 ? words[1] : "";
  const Options options{count, words};
  bench_limit_life(count, words);
  if (role == "server") return serve(options), 0;
  if (role == "echo" || role == "bulk") return call(options), 0;
  if (role == "stream") return follow(options), 0;
  if (role == "storm") return storm(options), 0;
  if (role == "idle") return idle(options), 0;
  if (role == "ping") return ping(options), 0;
  fprintf(stderr, "usage: capnp server|echo|bulk|stream|storm|idle|ping certs=FOLDER ...\n");
  return 2;
}
