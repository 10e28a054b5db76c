// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import Transport

/// How the code of one statement is ended when it is no Spark job, told by what is done at each ask.
///
///     asked ──interrupt──> asked again ──interrupt──> ... after `lastResortDelay` ──stop──> ...
///
/// An interrupt ends what waits, sleeps or looks for interrupts. `Thread.stop` ends what computes
/// too, wherever it is just then: objects that it was changing stay half changed. So it is the last
/// resort, only for a thread that is in the user's code, and only where Java can do it: 20 and later
/// cannot.
struct ScalaInterruption: Equatable, Sendable {
  enum Step: Equatable, Sendable {
    case interrupt
    case stop
  }

  private let lastResortDelay: Duration
  /// False once Java has refused.
  var canStop: Bool
  private var firstAsk: LoopInstant?

  init(lastResortDelay: Duration, canStop: Bool) {
    self.lastResortDelay = lastResortDelay
    self.canStop = canStop
  }

  mutating func next(at now: LoopInstant) -> Step {
    guard let firstAsk else {
      firstAsk = now
      return .interrupt
    }
    return canStop && firstAsk.duration(to: now) >= lastResortDelay ? .stop : .interrupt
  }

  /// Whether `Thread.stop` failed for good: Java 20 to 25 refuse it, later ones do not have it.
  static func isRefusal(_ error: Py4JError) -> Bool {
    switch error.code {
    case .gateway: true
    case .java: error.exception?.className == "java.lang.UnsupportedOperationException"
    default: false
    }
  }
}
