// SPDX-License-Identifier: Apache-2.0

/// Tasks that wait for something to change in their actor; each is resumed once, by a change or by
/// its own cancellation. The actor holds one of these and asks again after each wake.
package struct WaitingTasks {
  private var parked: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var lastTicket: UInt64 = 0

  package init() {}

  /// A name for a wait that is about to begin.
  package mutating func ticket() -> UInt64 {
    lastTicket &+= 1
    return lastTicket
  }

  package mutating func park(_ ticket: UInt64, _ task: CheckedContinuation<Void, Never>) {
    parked[ticket] = task
  }

  package mutating func wake(_ ticket: UInt64) {
    parked.removeValue(forKey: ticket)?.resume()
  }

  package mutating func wakeAll() {
    let woken = parked
    parked = [:]
    for task in woken.values { task.resume() }
  }
}
