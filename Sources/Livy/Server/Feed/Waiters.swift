// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Tasks that wait for news of their actor, each for a limited time. Time comes in ticks, so that any
/// number of waits cost one timer.
///
/// Others may run on the actor between a look at what is waited for and the wait: a task with a
/// preferred executor is queued once more with each `await` of another function, of its own actor's
/// too. So who waits notes `wakes` before the look, and is not parked if there were more since.
struct Waiters {
  /// What a wait is for.
  enum Subject: Equatable {
    /// Anything that happens.
    case news
    case end(of: StatementID)
  }

  private struct Wait {
    var subject: Subject
    var ticksLeft: Int
    /// Nil before it is parked.
    var continuation: CheckedContinuation<Void, Never>?
    var isWoken: Bool
  }

  private var waits: [UInt64: Wait] = [:]
  private var lastTicket: UInt64 = 0
  /// How often something happened that may wake.
  private(set) var wakes: UInt64 = 0

  var isEmpty: Bool { waits.isEmpty }

  /// A name for a wait that begins. `park` has to follow.
  /// - Parameter seen: `wakes` when the caller looked.
  mutating func ticket(for subject: Subject, ticks: Int, since seen: UInt64) -> UInt64 {
    lastTicket &+= 1
    waits[lastTicket] = Wait(subject: subject, ticksLeft: ticks, isWoken: seen != wakes)
    return lastTicket
  }

  mutating func park(_ ticket: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
    guard waits[ticket]?.isWoken == false else {
      waits[ticket] = nil
      return continuation.resume()
    }
    waits[ticket]?.continuation = continuation
  }

  mutating func wake(_ ticket: UInt64) {
    guard let continuation = waits[ticket]?.continuation else {
      waits[ticket]?.isWoken = true
      return
    }
    waits[ticket] = nil
    continuation.resume()
  }

  mutating func wake(where isMeant: (Subject) -> Bool) {
    wakes &+= 1
    for (ticket, wait) in waits where isMeant(wait.subject) { wake(ticket) }
  }

  /// A tick has passed: those whose time is over are woken.
  mutating func tick() {
    for (ticket, wait) in waits {
      if wait.ticksLeft <= 1 {
        wake(ticket)
      } else {
        waits[ticket]?.ticksLeft -= 1
      }
    }
  }
}
