// SPDX-License-Identifier: Apache-2.0

/// `bool`: a varint; any number but 0 is true.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum BoolField: PackableCoding, MapKeyCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Bool { false }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Bool) -> Bool { !value }

  @inlinable @inline(__always)
  public static func size(_ value: Bool) -> Int { 1 }

  @inlinable @inline(__always)
  public static func write(_ value: Bool, to writer: inout MessageWriter) {
    writer.varint(value ? 1 : 0)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Bool {
    try reader.varint() != 0
  }

  @inlinable
  public static func precedes(_ first: Bool, _ second: Bool) -> Bool { !first && second }
}

/// An enum: its number as `int32`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum EnumField<Value: WireEnum>: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Value { Value() }

  @inlinable @inline(__always)
  public static func isDefault(_ value: Value) -> Bool { value.rawValue == 0 }

  @inlinable @inline(__always)
  public static func size(_ value: Value) -> Int { Int32Field.size(value.rawValue) }

  @inlinable @inline(__always)
  public static func write(_ value: Value, to writer: inout MessageWriter) {
    Int32Field.write(value.rawValue, to: &writer)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Value {
    Value(rawValue: try Int32Field.read(from: &reader))
  }

  public static func describe(_ value: Value, to printer: inout MessagePrinter) {
    printer.write(".\(value)")
  }
}
