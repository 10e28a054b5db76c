// SPDX-License-Identifier: Apache-2.0

/// `int32`: negative numbers take ten bytes.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum Int32Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int32 { 0 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Int32) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Int32) -> Int { Varint.size(UInt64(bitPattern: Int64(value))) }

  @inlinable @inline(__always)
  public static func write(_ value: Int32, to writer: inout MessageWriter) {
    writer.varint(UInt64(bitPattern: Int64(value)))
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Int32 {
    Int32(truncatingIfNeeded: try reader.varint())
  }
}

/// `int64`: negative numbers take ten bytes.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum Int64Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int64 { 0 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Int64) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Int64) -> Int { Varint.size(UInt64(bitPattern: value)) }

  @inlinable @inline(__always)
  public static func write(_ value: Int64, to writer: inout MessageWriter) {
    writer.varint(UInt64(bitPattern: value))
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Int64 {
    Int64(bitPattern: try reader.varint())
  }
}

/// `uint32`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum UInt32Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: UInt32 { 0 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: UInt32) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: UInt32) -> Int { Varint.size(UInt64(value)) }

  @inlinable @inline(__always)
  public static func write(_ value: UInt32, to writer: inout MessageWriter) {
    writer.varint(UInt64(value))
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> UInt32 {
    UInt32(truncatingIfNeeded: try reader.varint())
  }
}

/// `uint64`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum UInt64Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: UInt64 { 0 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: UInt64) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: UInt64) -> Int { Varint.size(value) }

  @inlinable @inline(__always)
  public static func write(_ value: UInt64, to writer: inout MessageWriter) {
    writer.varint(value)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> UInt64 {
    try reader.varint()
  }
}

/// `sint32`: zigzag, for numbers of both signs.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum SInt32Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int32 { 0 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Int32) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Int32) -> Int { Varint.size(Varint.zigZag(Int64(value))) }

  @inlinable @inline(__always)
  public static func write(_ value: Int32, to writer: inout MessageWriter) {
    writer.varint(Varint.zigZag(Int64(value)))
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Int32 {
    Int32(truncatingIfNeeded: Varint.unZigZag(try reader.varint() & 0xFFFF_FFFF))
  }
}

/// `sint64`: zigzag, for numbers of both signs.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum SInt64Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int64 { 0 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Int64) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Int64) -> Int { Varint.size(Varint.zigZag(value)) }

  @inlinable @inline(__always)
  public static func write(_ value: Int64, to writer: inout MessageWriter) {
    writer.varint(Varint.zigZag(value))
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Int64 {
    Varint.unZigZag(try reader.varint())
  }
}
