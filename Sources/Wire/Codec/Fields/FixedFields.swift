// SPDX-License-Identifier: Apache-2.0

/// `fixed32`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum Fixed32Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .fixed32 }
  @inlinable public static var defaultValue: UInt32 { 0 }
  @inlinable public static var fixedSize: Int? { 4 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: UInt32) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: UInt32) -> Int { 4 }

  @inlinable @inline(__always)
  public static func write(_ value: UInt32, to writer: inout MessageWriter) {
    writer.fixed32(value)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> UInt32 {
    try reader.fixed32()
  }
}

/// `fixed64`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum Fixed64Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .fixed64 }
  @inlinable public static var defaultValue: UInt64 { 0 }
  @inlinable public static var fixedSize: Int? { 8 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: UInt64) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: UInt64) -> Int { 8 }

  @inlinable @inline(__always)
  public static func write(_ value: UInt64, to writer: inout MessageWriter) {
    writer.fixed64(value)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> UInt64 {
    try reader.fixed64()
  }
}

/// `sfixed32`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum SFixed32Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .fixed32 }
  @inlinable public static var defaultValue: Int32 { 0 }
  @inlinable public static var fixedSize: Int? { 4 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Int32) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Int32) -> Int { 4 }

  @inlinable @inline(__always)
  public static func write(_ value: Int32, to writer: inout MessageWriter) {
    writer.fixed32(UInt32(bitPattern: value))
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Int32 {
    Int32(bitPattern: try reader.fixed32())
  }
}

/// `sfixed64`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum SFixed64Field: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .fixed64 }
  @inlinable public static var defaultValue: Int64 { 0 }
  @inlinable public static var fixedSize: Int? { 8 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Int64) -> Bool { value == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Int64) -> Int { 8 }

  @inlinable @inline(__always)
  public static func write(_ value: Int64, to writer: inout MessageWriter) {
    writer.fixed64(UInt64(bitPattern: value))
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Int64 {
    Int64(bitPattern: try reader.fixed64())
  }
}

/// `float`. Its default is +0 only: -0 is written.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum FloatField: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed32 }
  @inlinable public static var defaultValue: Float { 0 }
  @inlinable public static var fixedSize: Int? { 4 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Float) -> Bool { value.bitPattern == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Float) -> Int { 4 }

  @inlinable @inline(__always)
  public static func write(_ value: Float, to writer: inout MessageWriter) {
    writer.fixed32(value.bitPattern)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Float {
    Float(bitPattern: try reader.fixed32())
  }
}

/// `double`. Its default is +0 only: -0 is written.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum DoubleField: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed64 }
  @inlinable public static var defaultValue: Double { 0 }
  @inlinable public static var fixedSize: Int? { 8 }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Double) -> Bool { value.bitPattern == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Double) -> Int { 8 }

  @inlinable @inline(__always)
  public static func write(_ value: Double, to writer: inout MessageWriter) {
    writer.fixed64(value.bitPattern)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Double {
    Double(bitPattern: try reader.fixed64())
  }
}
