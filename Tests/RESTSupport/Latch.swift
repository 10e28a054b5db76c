// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Closed until somebody opens it.
package final class Latch: Sendable {
  private let state: Mutex<Bool>

  package init(open: Bool = false) {
    state = Mutex(open)
  }

  package var isOpen: Bool { state.withLock { $0 } }

  package func open() { state.withLock { $0 = true } }

  /// Returns when it is open or the task is cancelled.
  package func wait() async {
    while !state.withLock({ $0 }), !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(2))
    }
  }
}

/// Looks again and again until `condition` holds; false after a minute.
package func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return false
}
