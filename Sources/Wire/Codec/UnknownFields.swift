// SPDX-License-Identifier: Apache-2.0

/// Fields that a message carries but this program's schema does not know, tags included, as they
/// came. A program that reads and writes a message of a newer peer hands them on unchanged.
public struct UnknownFields: Sendable, Hashable {
  /// Tags and values, as they came.
  public var bytes: [UInt8]

  /// Of fields that came; none, as a rule.
  @inlinable
  public init(bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  /// Whether there are none.
  @inlinable public var isEmpty: Bool { bytes.isEmpty }
}
