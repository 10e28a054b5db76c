// SPDX-License-Identifier: Apache-2.0

/// An enum in proto3's sense: any number is a value, also one that this program's schema has no
/// name for.
public protocol WireEnum: Sendable, Hashable {
  /// The value with number 0, which a field has that was not set.
  init()
  init(rawValue: Int32)
  var rawValue: Int32 { get }
}
