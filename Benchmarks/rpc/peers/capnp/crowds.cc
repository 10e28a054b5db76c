// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include <mutex>
#include <thread>

namespace {

// Many connections, each with one call made, that stay.
struct Crowd {
  explicit Crowd(const Options &options)
      : options(options), io(kj::setupAsyncIo()), security(options, "client"), payload(100),
        count(static_cast<uint64_t>(options.number("connections", 1000))) {}

  Options options;
  kj::AsyncIoContext io;
  Security security;
  Payload payload;
  uint64_t count, started = 0;
  kj::Vector<kj::Own<Lane>> lanes;
  bench_histogram latencies{};

  // One after the other, beside others that do the same.
  kj::Promise<void> arrive() {
    if (started == count) return kj::READY_NOW;
    uint64_t number = started++;
    uint64_t began = bench_now();
    return dial(options, io, security)
        .then([this, number](kj::Own<Lane> lane) {
          Lane &dialled = *lanes.add(kj::mv(lane));
          return call_once(dialled.echo, payload, number);
        })
        .then([this, began] {
          bench_record(&latencies, bench_now() - began);
          return arrive();
        });
  }

  void gather() {
    kj::Vector<kj::Promise<void>> doors;
    for (int i = 0; i < options.number("at_once", 128); i++) doors.add(arrive());
    kj::joinPromises(doors.releaseAsArray()).wait(io.waitScope);
  }
};

kj::Promise<void> keep_calling(
    Lane &lane, const Payload &payload, kj::Timer &timer, uint64_t number, std::mutex &mutex,
    bench_histogram &latencies) {
  uint64_t began = bench_now();
  return call_once(lane.echo, payload, number)
      .then([&, began] {
        std::lock_guard<std::mutex> lock(mutex);
        bench_record(&latencies, bench_now() - began);
        return timer.afterDelay(5 * kj::MILLISECONDS);
      })
      .then([&, number] {
        return keep_calling(lane, payload, timer, number + 1, mutex, latencies);
      });
}

}  // namespace

void storm(const Options &options) {
  Crowd crowd(options);
  bench_window window;
  bench_window_begin(&window, static_cast<pid_t>(options.number("server", 0)));
  crowd.gather();
  bench_window_end(&window);
  bench_report(
      &window, crowd.lanes.size(), &crowd.latencies, "\"resumed\": false, \"more\": false, ");
  _exit(0);
}

void idle(const Options &options) {
  Crowd crowd(options);
  crowd.gather();
  printf("open %zu\n", crowd.lanes.size());
  fflush(stdout);
  while (getchar() != EOF) {
  }
  _exit(0);
}

void ping(const Options &options) {
  auto io = kj::setupAsyncIo();
  Security security(options, "client");
  Payload payload(100);
  std::mutex mutex;
  static bench_histogram latencies;
  auto lane = dial(options, io, security).wait(io.waitScope);
  call_once(lane->echo, payload, 0).wait(io.waitScope);
  printf("open 1\n");
  fflush(stdout);
  std::thread([&mutex] {
    static const bench_window none{};
    while (getchar() != EOF) {
      std::lock_guard<std::mutex> lock(mutex);
      bench_report(&none, latencies.count, &latencies, "");
      latencies = bench_histogram{};
    }
    _exit(0);
  }).detach();
  keep_calling(*lane, payload, io.provider->getTimer(), 1, mutex, latencies).wait(io.waitScope);
}
