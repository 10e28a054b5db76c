// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include <condition_variable>
#include <thread>

namespace {

// One of the crowd: dials, makes one call, stays.
struct Driver {
  std::unique_ptr<Echo::Stub> stub;
  grpc::ClientContext context;
  EchoRequest request;
  EchoResponse response;
  uint64_t began;
};

class Crowd {
 public:
  explicit Crowd(const Options &options) : options_(options) {}

  // Brings all in, so many at once; answers when the last one's call was answered.
  void gather() {
    const int count = static_cast<int>(options_.number("connections", 1000));
    const int at_once = static_cast<int>(options_.number("at_once", 128));
    drivers_.resize(static_cast<size_t>(count));
    std::unique_lock<std::mutex> lock(mutex_);
    for (int number = 0; number < count; number++) {
      came_.wait(lock, [&] { return number - answered_ < at_once; });
      lock.unlock();
      let_in(static_cast<uint64_t>(number));
      lock.lock();
    }
    came_.wait(lock, [&] { return answered_ == count; });
  }

  int count() const { return answered_; }
  const bench_histogram &latencies() const { return latencies_; }

 private:
  void let_in(uint64_t number) {
    drivers_[number] = std::make_unique<Driver>();
    Driver &driver = *drivers_[number];
    driver.began = bench_now();
    driver.stub = Echo::NewStub(dial(options_));
    driver.context.set_deadline(deadline());
    driver.request.set_payload(expected_);
    stamp(*driver.request.mutable_payload(), number);
    driver.stub->async()->Echo(
        &driver.context, &driver.request, &driver.response,
        [this, &driver, number](grpc::Status status) {
          check(status);
          check(driver.response.payload(), number, expected_);
          std::lock_guard<std::mutex> lock(mutex_);
          bench_record(&latencies_, bench_now() - driver.began);
          answered_++;
          came_.notify_all();
        });
  }

  Options options_;
  std::string expected_ = payload(100);
  std::vector<std::unique_ptr<Driver>> drivers_;
  std::mutex mutex_;
  std::condition_variable came_;
  int answered_ = 0;
  bench_histogram latencies_{};
};

}  // namespace

void storm(const Options &options) {
  Crowd &crowd = *new Crowd(options);
  bench_window window;
  bench_window_begin(&window, static_cast<pid_t>(options.number("server", 0)));
  crowd.gather();
  bench_window_end(&window);
  bench_report(&window, static_cast<uint64_t>(crowd.count()), &crowd.latencies(),
               "\"resumed\": false, \"more\": false, ");
  _exit(0);
}

void idle(const Options &options) {
  Crowd &crowd = *new Crowd(options);
  crowd.gather();
  printf("open %d\n", crowd.count());
  fflush(stdout);
  while (getchar() != EOF) {
  }
  _exit(0);
}

void ping(const Options &options) {
  std::unique_ptr<Echo::Stub> stub = Echo::NewStub(dial(options));
  std::string bytes = payload(100);
  std::mutex mutex;
  static bench_histogram latencies;
  call_once(*stub, bytes, 0);
  printf("open 1\n");
  fflush(stdout);
  std::thread([&] {
    for (uint64_t number = 1;; number++) {
      uint64_t began = bench_now();
      call_once(*stub, bytes, number);
      {
        std::lock_guard<std::mutex> lock(mutex);
        bench_record(&latencies, bench_now() - began);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }).detach();
  static const bench_window none{};
  while (getchar() != EOF) {
    std::lock_guard<std::mutex> lock(mutex);
    bench_report(&none, latencies.count, &latencies, "");
    latencies = bench_histogram{};
  }
  _exit(0);
}
