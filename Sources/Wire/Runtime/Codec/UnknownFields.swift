// SPDX-License-Identifier: Apache-2.0

/// Fields that a message carries but this program's schema does not know, tags included, as they
/// came. A program that reads and writes a message of a newer peer hands them on unchanged.
@usableFromInline
package struct UnknownFields: Sendable, Hashable {
  @usableFromInline package var bytes: [UInt8]

  @inlinable
  package init(bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  @inlinable package var isEmpty: Bool { bytes.isEmpty }
}
