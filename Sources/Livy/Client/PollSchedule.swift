// SPDX-License-Identifier: Apache-2.0

/// How long to wait between two looks: soon at first, then ever longer, up to a limit.
public struct PollSchedule: Hashable, Sendable {
  /// The first wait.
  public var first: Duration
  /// The longest wait.
  public var longest: Duration

  /// For statements: most are over within milliseconds.
  public static let statements = PollSchedule(first: .milliseconds(5), longest: .milliseconds(250))
  /// For starting sessions: they take seconds.
  public static let sessions = PollSchedule(first: .milliseconds(50), longest: .milliseconds(500))

  /// For batches: they take seconds to hours.
  public static let batches = PollSchedule(first: .milliseconds(200), longest: .seconds(2))

  /// Makes a schedule of its parts.
  public init(first: Duration, longest: Duration) {
    self.first = first
    self.longest = longest
  }

  /// The waits, each one and a half times the one before.
  func waits() -> some Sequence<Duration> {
    sequence(first: min(first, longest)) { wait in min(wait * 3 / 2, longest) }
  }
}
