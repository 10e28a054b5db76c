// SPDX-License-Identifier: Apache-2.0

/// How a field's value is framed: the low three bits of its tag
/// (https://protobuf.dev/programming-guides/encoding, "Message Structure").
public enum WireType: UInt32, Sendable {
  case varint = 0
  case fixed64 = 1
  case lengthDelimited = 2
  case groupStart = 3
  case groupEnd = 4
  case fixed32 = 5
}

/// A field's number and wire type in one number, as it stands before each value.
public enum Tag {
  /// proto3 numbers fields from 1 to 2^29 - 1.
  public static let fieldMax: UInt32 = (1 << 29) - 1

  /// The tag itself. `field` is within proto3's range.
  @inlinable @inline(__always)
  public static func make(_ field: UInt32, _ type: WireType) -> UInt32 {
    field << 3 | type.rawValue
  }

  /// Bytes of a field's tag.
  @inlinable @inline(__always)
  public static func size(_ field: UInt32) -> Int {
    Varint.size(UInt64(field) << 3)
  }
}

/// Base-128 numbers, low bits first (https://protobuf.dev/programming-guides/encoding, "Base 128
/// Varints").
public enum Varint {
  /// A 64-bit number has at most so many bytes.
  public static let bytesMax = 10

  /// Bytes that a number takes: one for each 7 bits that are used. `(bits * 9 + 64) / 64` is
  /// `ceil(bits / 7)` for 1 to 64 bits, without a division.
  @inlinable @inline(__always)
  public static func size(_ value: UInt64) -> Int {
    let bits = 64 &- (value | 1).leadingZeroBitCount
    return (bits &* 9 &+ 64) >> 6
  }

  /// Interleaves negative and positive numbers, so that small ones of both signs stay short.
  @inlinable @inline(__always)
  public static func zigZag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }

  /// The number that `zigZag` made `value` of.
  @inlinable @inline(__always)
  public static func unZigZag(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}
