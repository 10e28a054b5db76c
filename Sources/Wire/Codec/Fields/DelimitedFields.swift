// SPDX-License-Identifier: Apache-2.0

/// `string`: UTF-8, checked when read.
///
/// Swift compares strings by canonical equivalence: two keys of a map that differ only in how an
/// accent is composed are one key here, and two for other runtimes.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum StringField: MapKeyCoding {
  @inlinable public static var wireType: WireType { .lengthDelimited }
  @inlinable public static var defaultValue: String { "" }

  @inlinable @inline(__always)
  public static func isDefault(_ value: String) -> Bool { value.isEmpty }

  @inlinable @inline(__always)
  public static func size(_ value: String) -> Int {
    let count = value.utf8.count
    return Varint.size(UInt64(count)) + count
  }

  @inlinable @inline(__always)
  public static func write(_ value: String, to writer: inout MessageWriter) {
    let isWritten: Void? = value.utf8.withContiguousStorageIfAvailable {
      writer.delimited(UnsafeRawBufferPointer($0))
    }
    // A string whose bytes lie elsewhere, which on Linux none does.
    if isWritten == nil { BytesField.write([UInt8](value.utf8), to: &writer) }
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> String {
    let bytes = try reader.delimited()
    guard let value = UTF8Text.copy(bytes) else {
      throw CodecError(.invalidUTF8, at: reader.offset - bytes.count)
    }
    return value
  }

  public static func describe(_ value: String, to printer: inout MessagePrinter) {
    printer.string(value)
  }

  /// By bytes, as other runtimes sort, and not by Swift's canonical order.
  @inlinable
  public static func precedes(_ first: String, _ second: String) -> Bool {
    first.utf8.lexicographicallyPrecedes(second.utf8)
  }
}

/// `bytes`.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum BytesField: FieldCoding {
  @inlinable public static var wireType: WireType { .lengthDelimited }
  @inlinable public static var defaultValue: [UInt8] { [] }

  @inlinable @inline(__always)
  public static func isDefault(_ value: [UInt8]) -> Bool { value.isEmpty }

  @inlinable @inline(__always)
  public static func size(_ value: [UInt8]) -> Int {
    Varint.size(UInt64(value.count)) + value.count
  }

  @inlinable @inline(__always)
  public static func write(_ value: [UInt8], to writer: inout MessageWriter) {
    writer.bytes(value)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> [UInt8] {
    try reader.bytes()
  }

  public static func describe(_ value: [UInt8], to printer: inout MessagePrinter) {
    printer.bytes(value)
  }
}

/// A message inside of another one.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public enum MessageField<Value: WireMessage>: FieldCoding {
  @inlinable public static var wireType: WireType { .lengthDelimited }
  @inlinable public static var defaultValue: Value { Value() }

  /// Messages have presence; the question comes up for none of their fields.
  @inlinable
  public static func isDefault(_ value: Value) -> Bool { false }

  @inlinable
  public static func size(_ value: Value) -> Int {
    let size = value.encodedSize
    return Varint.size(UInt64(size)) + size
  }

  @inlinable
  public static func write(_ value: Value, to writer: inout MessageWriter) {
    writer.message(value)
  }

  @inlinable
  public static func read(from reader: inout MessageReader) throws(CodecError) -> Value {
    var value = Value()
    try reader.message(&value)
    return value
  }

  @inlinable
  public static func merge(
    _ value: inout Value, from reader: inout MessageReader
  ) throws(CodecError) {
    try reader.message(&value)
  }

  public static func describe(_ value: Value, to printer: inout MessagePrinter) {
    printer.message(value)
  }
}
