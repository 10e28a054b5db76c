// SPDX-License-Identifier: Apache-2.0

/// The pause between two attempts to reach the other side: doubles from the first to the last, with
/// up to a quarter more at random, so that a thousand drivers do not come back in one moment.
package struct RedialPause: Sendable {
  private let first: Duration
  private let last: Duration
  private var next: Duration

  package init(limits: LinkLimits = LinkLimits()) {
    first = limits.redialFirst
    last = limits.redialLast
    next = limits.redialFirst
  }

  package mutating func reset() {
    next = first
  }

  /// The pause that is due, without the random part.
  package mutating func take() -> Duration {
    defer { next = min(next * 2, last) }
    return next
  }

  /// False when the task was cancelled meanwhile.
  package mutating func sleep() async -> Bool {
    let due = take()
    let extra = due * Double.random(in: 0...0.25)
    do {
      try await Task.sleep(for: due + extra)
      return true
    } catch {
      return false
    }
  }
}
