// SPDX-License-Identifier: Apache-2.0

/// Number of a session on one server: from 0, rising, never used twice. REST shows it; a Java int
/// there.
package struct SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: Int32

  package init(_ number: Int32) {
    self.number = number
  }

  package var description: String { String(number) }

  package static func < (left: SessionID, right: SessionID) -> Bool { left.number < right.number }
}

/// Number of a statement within its session, from 0 without gaps.
package struct StatementID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: UInt64

  package init(_ number: UInt64) {
    self.number = number
  }

  package var description: String { String(number) }

  package static func < (left: StatementID, right: StatementID) -> Bool {
    left.number < right.number
  }
}
