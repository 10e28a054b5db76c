// SPDX-License-Identifier: Apache-2.0

/// Tasks that wait for something to change in their actor; each is resumed once, by a change or by
/// its own cancellation. The actor holds one of these and asks again after each wake.
///
/// Others may run on the actor between a look at what is waited for and the wait: a task with a
/// preferred executor is queued once more with each `await` of another function, of its own actor's
/// too. So who waits notes `wakes` before the look, and is not parked if there were more since.
package struct WaitingTasks {
  private enum Wait {
    case announced
    /// Before it was parked.
    case woken
    case parked(CheckedContinuation<Void, Never>)
  }

  private var waits: [UInt64: Wait] = [:]
  private var lastTicket: UInt64 = 0
  /// How often all were woken.
  package private(set) var wakes: UInt64 = 0

  package init() {}

  /// Nobody waits, or is about to.
  package var isEmpty: Bool { waits.isEmpty }

  /// A name for a wait that begins. `park` has to follow.
  /// - Parameter seen: `wakes` when the caller looked; nil if that is now.
  package mutating func ticket(since seen: UInt64? = nil) -> UInt64 {
    lastTicket &+= 1
    waits[lastTicket] = seen ?? wakes == wakes ? .announced : .woken
    return lastTicket
  }

  package mutating func park(_ ticket: UInt64, _ task: CheckedContinuation<Void, Never>) {
    guard case .announced? = waits[ticket] else {
      waits[ticket] = nil
      return task.resume()
    }
    waits[ticket] = .parked(task)
  }

  package mutating func wake(_ ticket: UInt64) {
    switch waits[ticket] {
    case .announced: waits[ticket] = .woken
    case .parked(let task):
      waits[ticket] = nil
      task.resume()
    case .woken, nil: break
    }
  }

  package mutating func wakeAll() {
    wakes &+= 1
    for ticket in Array(waits.keys) { wake(ticket) }
  }
}
