// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The total over several connections of what each one's `partialBytesMax` limits alone.
package final class ProcessBudget: Sendable {
  package let bytesMax: Int
  private let used = Atomic<Int>(0)

  package init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  package var usedBytes: Int { used.load(ordering: .relaxed) }
  var isExceeded: Bool { usedBytes > bytesMax }

  func add(_ bytes: Int) {
    used.wrappingAdd(bytes, ordering: .relaxed)
  }
}
