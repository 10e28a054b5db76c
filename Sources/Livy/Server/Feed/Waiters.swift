// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Tasks that wait for news of their actor, each for a limited time. Time comes in ticks, so that any
/// number of waits cost one timer.
struct Waiters {
  /// What a wait is for.
  enum Subject: Equatable {
    /// Anything that happens.
    case news
    case end(of: StatementID)
  }

  private struct Waiter {
    var subject: Subject
    var continuation: CheckedContinuation<Void, Never>
    var ticksLeft: Int
  }

  private var parked: [UInt64: Waiter] = [:]
  private var lastTicket: UInt64 = 0

  var isEmpty: Bool { parked.isEmpty }

  /// A name for a wait that is about to begin.
  mutating func ticket() -> UInt64 {
    lastTicket &+= 1
    return lastTicket
  }

  mutating func park(
    _ ticket: UInt64, for subject: Subject, _ continuation: CheckedContinuation<Void, Never>,
    ticks: Int
  ) {
    parked[ticket] = Waiter(subject: subject, continuation: continuation, ticksLeft: ticks)
  }

  mutating func wake(_ ticket: UInt64) {
    parked.removeValue(forKey: ticket)?.continuation.resume()
  }

  mutating func wake(where isMeant: (Subject) -> Bool) {
    for (ticket, waiter) in parked where isMeant(waiter.subject) { wake(ticket) }
  }

  /// A tick has passed: those whose time is over are woken.
  mutating func tick() {
    for (ticket, waiter) in parked {
      if waiter.ticksLeft <= 1 {
        wake(ticket)
      } else {
        parked[ticket]?.ticksLeft -= 1
      }
    }
  }
}
