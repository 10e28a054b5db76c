// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts what the REST port answers, by route and by status.
final class RequestFigures: Sendable {
  /// One kind of request.
  struct Timer: Equatable, Sendable {
    var meter: Meter
    /// Seconds until the head of the answer is ready.
    var seconds = Samples()
  }

  struct State: Equatable, Sendable {
    /// Being answered now.
    var open = 0
    /// By method and route, such as `GET /sessions/{session}`.
    var timers: [String: Timer] = [:]
    /// By the first digit of the status, such as `2xx`.
    var answers: [String: Meter] = [:]
    /// Bytes of bodies whose length is known when they begin.
    var answerBytes = Samples()
  }

  /// Each route that was ever asked is kept; there are some dozens.
  private static let timersMax = 500

  private let state = Mutex(State())
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init() {
    start = clock.now
  }

  /// Since the figures began.
  var now: Duration { clock.now - start }

  var current: State { state.withLock { $0 } }

  /// Gives the time at which it began.
  func begin() -> Duration {
    state.withLock { $0.open += 1 }
    return now
  }

  func end(_ route: String, status: Int, bytes: Int?, began: Duration) {
    let now = now
    state.withLock { state in
      state.open -= 1
      let answers = "\(status / 100)xx"
      state.answers[answers, default: Meter(start: .zero)].mark(at: now)
      if let bytes { state.answerBytes.add(Double(bytes)) }
      guard state.timers[route] != nil || state.timers.count < Self.timersMax else { return }
      var timer = state.timers[route] ?? Timer(meter: Meter(start: .zero))
      timer.meter.mark(at: now)
      timer.seconds.add((now - began).inSeconds)
      state.timers[route] = timer
    }
  }
}
