// SPDX-License-Identifier: Apache-2.0

package import Transport

/// Decides when a driver ends itself because its server is gone for longer than `patience`. The
/// clock begins with the watch itself, so a driver that never finds its server ends too. Whoever
/// holds one asks `verdict` at the named time.
package struct ServerWatch: Sendable {
  private enum State: Equatable {
    case connected
    case alone(since: LoopInstant)
  }

  package enum Verdict: Equatable, Sendable {
    /// A server is there; ask again when it is lost.
    case stay
    /// Nobody is there; ask again at this time.
    case wait(until: LoopInstant)
    case end
  }

  private let patience: Duration
  private var state: State

  package init(patience: Duration, now: LoopInstant) {
    self.patience = patience
    state = .alone(since: now)
  }

  package mutating func connected() {
    state = .connected
  }

  /// A second loss in a row changes nothing: the time runs from the first.
  package mutating func lost(now: LoopInstant) {
    guard state == .connected else { return }
    state = .alone(since: now)
  }

  package func verdict(now: LoopInstant) -> Verdict {
    switch state {
    case .connected: return .stay
    case .alone(let since):
      let end = since.advanced(by: patience)
      return now < end ? .wait(until: end) : .end
    }
  }
}
