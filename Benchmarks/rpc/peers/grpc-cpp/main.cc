// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include <fstream>
#include <sstream>

std::string certificate_file(const Options &options, const std::string &name) {
  std::ifstream file(options.text("certs") + "/" + name);
  std::stringstream bytes;
  bytes << file.rdbuf();
  if (bytes.str().empty()) bench_fail(name.c_str());
  return bytes.str();
}

std::shared_ptr<grpc::Channel> dial(const Options &options) {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = certificate_file(options, "ca.pem");
  tls.pem_private_key = certificate_file(options, "client.key");
  tls.pem_cert_chain = certificate_file(options, "client.pem");
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  std::string target = "127.0.0.1:" + std::to_string(static_cast<int>(options.number("port", 0)));
  return grpc::CreateCustomChannel(target, grpc::SslCredentials(tls), arguments);
}

std::chrono::system_clock::time_point deadline() {
  return std::chrono::system_clock::now() + std::chrono::seconds(60);
}

std::string payload(size_t bytes) {
  std::string made(bytes, '\0');
  bench_fill(reinterpret_cast<uint8_t *>(made.data()), bytes);
  return made;
}

void call_once(Echo::Stub &stub, std::string &bytes, uint64_t number) {
  grpc::ClientContext context;
  EchoRequest request;
  EchoResponse response;
  context.set_deadline(deadline());
  stamp(bytes, number);
  request.set_payload(bytes);
  check(stub.Echo(&context, request, &response));
  check(response.payload(), number, bytes);
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
  fprintf(stderr, "usage: grpc-cpp server|echo|bulk|stream|storm|idle|ping certs=FOLDER ...\n");
  return 2;
}
