// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// What the callers of one run have counted, first for warming up, then for the record.
final class Measurement: Sendable {
  private struct State {
    var window: Window?
    var calls = 0
    var latencies = Histogram()
    var pings = Histogram()
  }

  private let server: pid_t
  /// Ends the run by itself; 0 leaves that to the time.
  private let callsMax: Int
  private let state = Mutex(State())
  private let over = Atomic(false)
  private let numbers = Atomic<UInt64>(0)

  init(server: pid_t, callsMax: Int) {
    self.server = server
    self.callsMax = callsMax
  }

  var isOver: Bool { over.load(ordering: .relaxed) }

  /// So many numbers that no other call has, from the one that is answered on.
  func takeNumbers(_ count: Int) -> UInt64 {
    numbers.wrappingAdd(UInt64(count), ordering: .relaxed).oldValue
  }

  /// Forgets the warming up.
  func begin() throws(Failure) {
    let window = try Window(server: server)
    state.withLock { $0 = State(window: window) }
  }

  /// So many calls ended; one of them took so long.
  func add(calls: Int, latency: UInt64) {
    state.withLock { state in
      guard state.window != nil, !isOver else { return }
      state.calls += calls
      state.latencies.record(latency)
      if callsMax > 0, state.calls >= callsMax { end(&state) }
    }
  }

  func add(ping latency: UInt64) {
    state.withLock { if $0.window != nil, !isOver { $0.pings.record(latency) } }
  }

  func end() {
    state.withLock { if !isOver { end(&$0) } }
  }

  private func end(_ state: inout State) {
    state.window?.end()
    over.store(true, ordering: .relaxed)
  }

  /// The pings' latencies, where there were pings.
  func report() {
    let (window, calls, latencies) = state.withLock { state in
      (state.window, state.calls, state.pings.count > 0 ? state.pings : state.latencies)
    }
    if let window { Report.result(window, calls: calls, latencies) }
  }
}
