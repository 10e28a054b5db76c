// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

namespace {

class ItemWriter final : public grpc::ServerWriteReactor<Item> {
 public:
  explicit ItemWriter(const FollowRequest &request)
      : left_(request.items()), bytes_(payload(request.item_bytes())) {
    write();
  }

  void OnWriteDone(bool is_sent) override {
    if (!is_sent) return Finish(grpc::Status::CANCELLED);
    write();
  }

  void OnDone() override { delete this; }

 private:
  void write() {
    if (left_ == 0) return Finish(grpc::Status::OK);
    left_--;
    stamp(bytes_, number_++);
    item_.set_payload(bytes_);
    StartWrite(&item_);
  }

  uint64_t left_, number_ = 0;
  std::string bytes_;
  Item item_;
};

class Service final : public Echo::CallbackService {
  grpc::ServerUnaryReactor *Echo(grpc::CallbackServerContext *context, const EchoRequest *request,
                                 EchoResponse *response) override {
    // The request's bytes become the response's: nothing is copied here.
    auto *given = const_cast<EchoRequest *>(request);
    *response->mutable_payload() = std::move(*given->mutable_payload());
    grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<Item> *Follow(grpc::CallbackServerContext *,
                                         const FollowRequest *request) override {
    return new ItemWriter(*request);
  }
};

}  // namespace

void serve(const Options &options) {
  grpc::SslServerCredentialsOptions tls(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = certificate_file(options, "ca.pem");
  tls.pem_key_cert_pairs.push_back(
      {certificate_file(options, "server.key"), certificate_file(options, "server.pem")});
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) bench_fail("cannot listen");
  printf("listening %d\n", port);
  fflush(stdout);
  while (getchar() != EOF) {
  }
  _exit(0);
}
