// SPDX-License-Identifier: Apache-2.0

/// How long to wait between two attempts to reach the other side: longer after each that failed, and
/// spread by chance, so that a thousand drivers do not come back in one moment.
package struct ReconnectPolicy: Equatable, Sendable {
  /// Before the second attempt.
  package var first: Duration = .milliseconds(200)
  /// Each pause is so many times the one before.
  package var factor = 2.0
  /// No pause is longer, but for the jitter.
  package var longest: Duration = .seconds(15)
  /// The part of a pause that is added at most, by chance.
  package var jitter = 0.25
  /// A connection that stood for so long was good: the next loss begins with the first pause. One
  /// that is cut sooner counts as a failed attempt.
  package var stableTime: Duration = .seconds(15)

  package init() {}

  /// - Parameters:
  ///   - failures: attempts that failed before this pause, without the one that it follows.
  ///   - random: 0 to 1, the part of the jitter.
  package func pause(after failures: Int, random: Double) -> Duration {
    var pause = min(first, longest)
    var failures = failures
    while failures > 0, pause < longest {
      pause = min(pause * factor, longest)
      failures -= 1
    }
    return pause + pause * jitter * random
  }
}

/// Where one side stands in its attempts to reach the other.
package struct Reconnection: Sendable {
  private let policy: ReconnectPolicy
  private var failures = 0

  package init(_ policy: ReconnectPolicy) {
    self.policy = policy
  }

  /// The pause that is due after a failed attempt, or after a loss.
  package mutating func next(random: Double = .random(in: 0...1)) -> Duration {
    // No more failures than make a difference are counted.
    defer { failures = min(failures + 1, 1_000) }
    return policy.pause(after: failures, random: random)
  }

  /// A connection is lost that stood for so long.
  package mutating func stood(for time: Duration) {
    if time >= policy.stableTime { failures = 0 }
  }

  /// Waits for the pause that is due. False when the task was cancelled meanwhile.
  package mutating func rest() async -> Bool {
    (try? await Task.sleep(for: next())) != nil
  }
}
