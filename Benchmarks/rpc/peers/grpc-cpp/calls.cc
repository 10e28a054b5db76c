// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include <atomic>
#include <condition_variable>
#include <thread>

namespace {

// What all callers of a run share.
struct Run {
  Options options;
  std::vector<std::unique_ptr<Echo::Stub>> stubs;
  std::string expected;
  std::atomic<uint64_t> number{0};
  std::mutex mutex;
  std::condition_variable done;
  bool is_measuring = false, is_over = false;
  uint64_t calls = 0, calls_max = 0;
  bench_window window;
  bench_histogram latencies{}, pings{};

  void begin() {
    std::lock_guard<std::mutex> lock(mutex);
    is_measuring = true;
    calls = 0;
    bench_window_begin(&window, static_cast<pid_t>(options.number("server", 0)));
  }

  void end_locked() {
    if (is_over) return;
    bench_window_end(&window);
    is_over = true;
    done.notify_all();
  }

  void add(uint64_t latency) {
    std::lock_guard<std::mutex> lock(mutex);
    if (!is_measuring || is_over) return;
    bench_record(&latencies, latency);
    if (++calls == calls_max) end_locked();
  }
};

// Makes one call after the other.
class Caller {
 public:
  Caller(Run &run, size_t first) : run_(run), lane_(first % run.stubs.size()) {
    request_.set_payload(run.expected);
  }

  void call() {
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_deadline(deadline());
    number_ = ++run_.number;
    stamp(*request_.mutable_payload(), number_);
    began_ = bench_now();
    Echo::Stub &stub = *run_.stubs[lane_];
    lane_ = lane_ + 1 == run_.stubs.size() ? 0 : lane_ + 1;
    stub.async()->Echo(context_.get(), &request_, &response_, [this](grpc::Status status) {
      check(status);
      check(response_.payload(), number_, run_.expected);
      run_.add(bench_now() - began_);
      call();
    });
  }

 private:
  Run &run_;
  size_t lane_;
  uint64_t number_ = 0, began_ = 0;
  std::unique_ptr<grpc::ClientContext> context_;
  EchoRequest request_;
  EchoResponse response_;
};

void ping_beside(Run &run) {
  std::string bytes = payload(100);
  for (uint64_t number = 1;; number++) {
    uint64_t began = bench_now();
    call_once(*run.stubs[0], bytes, number);
    {
      std::lock_guard<std::mutex> lock(run.mutex);
      if (run.is_over) return;
      if (run.is_measuring) bench_record(&run.pings, bench_now() - began);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

class ItemReader final : public grpc::ClientReadReactor<Item> {
 public:
  ItemReader(Echo::Stub &stub, uint64_t items, const std::string &expected)
      : items_(items), expected_(expected) {
    FollowRequest request;
    request.set_items(items);
    request.set_item_bytes(static_cast<uint32_t>(expected.size()));
    stub.async()->Follow(&context_, &request, this);
    StartRead(&item_);
    StartCall();
  }

  void OnReadDone(bool is_item) override {
    if (!is_item) return;
    check(item_.payload(), seen_++, expected_);
    StartRead(&item_);
  }

  void OnDone(const grpc::Status &status) override {
    check(status);
    if (seen_ != items_) bench_fail("the stream is not what was asked for");
    std::lock_guard<std::mutex> lock(mutex_);
    is_done_ = true;
    done_.notify_all();
  }

  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return is_done_; });
  }

 private:
  grpc::ClientContext context_;
  Item item_;
  uint64_t items_, seen_ = 0;
  const std::string &expected_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool is_done_ = false;
};

}  // namespace

void call(const Options &options) {
  // Leaked, as the calls that are still under way at the end use it.
  Run &run = *new Run{options};
  run.expected = payload(static_cast<size_t>(options.number("bytes", 100)));
  run.calls_max = static_cast<uint64_t>(options.number("calls", 0));
  for (int i = 0; i < options.number("connections", 1); i++) {
    run.stubs.push_back(Echo::NewStub(dial(options)));
    std::string bytes = payload(100);
    call_once(*run.stubs.back(), bytes, 0);
  }
  for (size_t i = 0; i < options.number("outstanding", 1); i++) (new Caller(run, i))->call();
  if (options.number("ping", 0) != 0) std::thread(ping_beside, std::ref(run)).detach();
  std::this_thread::sleep_for(std::chrono::duration<double>(options.number("warmup", 0.5)));
  run.begin();
  std::unique_lock<std::mutex> lock(run.mutex);
  if (run.calls_max == 0) {
    run.done.wait_for(lock, std::chrono::duration<double>(options.number("seconds", 2)));
    run.end_locked();
  } else {
    run.done.wait(lock, [&run] { return run.is_over; });
  }
  bench_report(&run.window, run.calls, run.pings.count > 0 ? &run.pings : &run.latencies, "");
  _exit(0);
}

void follow(const Options &options) {
  std::string expected = payload(static_cast<size_t>(options.number("bytes", 100)));
  uint64_t items = static_cast<uint64_t>(options.number("items", 1000000));
  std::unique_ptr<Echo::Stub> stub = Echo::NewStub(dial(options));
  ItemReader(*stub, static_cast<uint64_t>(options.number("warm_items", 20000)), expected).wait();
  bench_window window;
  static bench_histogram none;
  bench_window_begin(&window, static_cast<pid_t>(options.number("server", 0)));
  ItemReader(*stub, items, expected).wait();
  bench_window_end(&window);
  bench_report(&window, items, &none, "");
  _exit(0);
}
