// SPDX-License-Identifier: Apache-2.0

/// proto3's types of a value that are neither message nor enum. The raw value is the name in a
/// schema.
package enum ScalarType: String, Sendable, CaseIterable {
  case double
  case float
  case int32
  case int64
  case uint32
  case uint64
  case sint32
  case sint64
  case fixed32
  case fixed64
  case sfixed32
  case sfixed64
  case bool
  case string
  case bytes

  /// Whether lists of it are packed.
  package var isPackable: Bool { self != .string && self != .bytes }

  /// Whether a map's key can have it.
  package var isKey: Bool { self != .double && self != .float && self != .bytes }

  /// The low three bits of a field's tag.
  package var wireType: UInt32 {
    switch self {
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool: 0
    case .fixed64, .sfixed64, .double: 1
    case .string, .bytes: 2
    case .fixed32, .sfixed32, .float: 5
    }
  }
}
