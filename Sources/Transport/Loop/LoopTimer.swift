// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A timer that `Loop.schedule` made. Cancelling is idempotent and may come from any thread; a
/// body that already began runs to its end.
package final class LoopTimer: Sendable {
  private let fired = Atomic<Bool>(false)

  package init() {}

  package func cancel() {
    _ = fired.exchange(true, ordering: .acquiringAndReleasing)
  }

  package var isCancelled: Bool {
    fired.load(ordering: .acquiring)
  }

  /// For loops: true exactly once, for the one who may run the body.
  package func claim() -> Bool {
    !fired.exchange(true, ordering: .acquiringAndReleasing)
  }
}
