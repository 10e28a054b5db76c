// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Bounds the sessions and batches that are in their start at the same time; one for a server.
package final class StartSlots: Sendable {
  private let max: Int
  private let taken = Mutex(0)

  package init(max: Int) {
    self.max = max
  }

  /// Nothing is in its start.
  var areFree: Bool { taken.withLock { $0 == 0 } }

  /// Nil when all are taken.
  func take() -> StartSlot? {
    let free = taken.withLock { taken in
      guard taken < max else { return false }
      taken += 1
      return true
    }
    return free ? StartSlot(self) : nil
  }

  fileprivate func giveBack() {
    taken.withLock { $0 -= 1 }
  }
}

/// The right of one session or batch to start. Given back once, by `free` or with its last reference.
final class StartSlot: Sendable {
  private let slots: Mutex<StartSlots?>

  fileprivate init(_ slots: StartSlots) {
    self.slots = Mutex(slots)
  }

  deinit {
    free()
  }

  func free() {
    let held = slots.withLock { slots in
      defer { slots = nil }
      return slots
    }
    held?.giveBack()
  }
}
