// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

namespace {

struct Run {
  explicit Run(const Options &options)
      : options(options), payload(static_cast<size_t>(options.number("bytes", 100))),
        calls_max(static_cast<uint64_t>(options.number("calls", 0))) {}

  Options options;
  Payload payload;
  std::vector<kj::Own<Lane>> lanes;
  uint64_t number = 0, calls = 0, calls_max, until = 0;
  bool is_measuring = false, is_over = false;
  bench_window window;
  bench_histogram latencies{}, pings{};

  void keep_time(uint64_t now) {
    if (!is_measuring && now >= until) {
      is_measuring = true;
      calls = 0;
      bench_window_begin(&window, static_cast<pid_t>(options.number("server", 0)));
      until = bench_now() + static_cast<uint64_t>(options.number("seconds", 2) * 1e9);
    } else if (is_measuring && !is_over &&
               (calls_max == 0 ? now >= until : calls >= calls_max)) {
      bench_window_end(&window);
      is_over = true;
    }
  }
};

kj::Promise<void> call_in_turn(Run &run, size_t lane) {
  if (run.is_over) return kj::READY_NOW;
  uint64_t began = bench_now();
  return call_once(run.lanes[lane]->echo, run.payload, ++run.number).then([&run, lane, began] {
    uint64_t now = bench_now();
    if (run.is_measuring && !run.is_over) {
      run.calls++;
      bench_record(&run.latencies, now - began);
    }
    run.keep_time(now);
    return call_in_turn(run, lane + 1 == run.lanes.size() ? 0 : lane + 1);
  });
}

kj::Promise<void> ping_beside(Run &run, const Payload &payload, kj::Timer &timer) {
  if (run.is_over) return kj::READY_NOW;
  uint64_t began = bench_now();
  return call_once(run.lanes[0]->echo, payload, ++run.number)
      .then([&run, &timer, began] {
        if (run.is_measuring && !run.is_over) bench_record(&run.pings, bench_now() - began);
        return timer.afterDelay(1 * kj::MILLISECONDS);
      })
      .then([&run, &payload, &timer] { return ping_beside(run, payload, timer); });
}

class Reader final : public bench::Echo::Sink::Server {
 public:
  Reader(const Payload &payload, uint64_t &seen) : payload_(payload), seen_(seen) {}

 private:
  kj::Promise<void> item(ItemContext context) override {
    payload_.check(context.getParams().getPayload(), seen_++);
    return kj::READY_NOW;
  }

  const Payload &payload_;
  uint64_t &seen_;
};

}  // namespace

void call(const Options &options) {
  auto io = kj::setupAsyncIo();
  Security security(options, "client");
  Run run(options);
  for (int i = 0; i < options.number("connections", 1); i++) {
    run.lanes.push_back(dial(options, io, security).wait(io.waitScope));
    call_once(run.lanes.back()->echo, run.payload, 0).wait(io.waitScope);
  }
  run.until = bench_now() + static_cast<uint64_t>(options.number("warmup", 0.5) * 1e9);
  kj::Vector<kj::Promise<void>> callers;
  Payload small(100);
  for (size_t i = 0; i < options.number("outstanding", 1); i++)
    callers.add(call_in_turn(run, i % run.lanes.size()));
  if (options.number("ping", 0) != 0)
    callers.add(ping_beside(run, small, io.provider->getTimer()));
  kj::joinPromises(callers.releaseAsArray()).wait(io.waitScope);
  bench_report(&run.window, run.calls, run.pings.count > 0 ? &run.pings : &run.latencies, "");
  _exit(0);
}

void follow(const Options &options) {
  auto io = kj::setupAsyncIo();
  Security security(options, "client");
  Payload payload(static_cast<size_t>(options.number("bytes", 100)));
  auto lane = dial(options, io, security).wait(io.waitScope);
  auto read = [&](uint64_t items) {
    uint64_t seen = 0;
    auto request = lane->echo.followRequest();
    request.setItems(items);
    request.setItemBytes(static_cast<uint32_t>(payload.bytes.size()));
    request.setSink(kj::heap<Reader>(payload, seen));
    request.send().wait(io.waitScope);
    if (seen != items) bench_fail("the stream is not what was asked for");
  };
  uint64_t items = static_cast<uint64_t>(options.number("items", 1000000));
  read(static_cast<uint64_t>(options.number("warm_items", 20000)));
  bench_window window;
  static bench_histogram none;
  bench_window_begin(&window, static_cast<pid_t>(options.number("server", 0)));
  read(items);
  bench_window_end(&window);
  bench_report(&window, items, &none, "");
  _exit(0);
}
