// SPDX-License-Identifier: Apache-2.0

/// One of proto3's types of a value: how it looks in Swift, and how in bytes. The tag is not part
/// of it.
///
/// A conformance marks `size` and `write` `@inline(__always)`, but `read` only `@inlinable`: the
/// compiler calls a method that throws a typed error and is always inlined through its witness,
/// where it should compile it into the caller, and reading a number then costs several times as
/// much.
public protocol FieldCoding {
  associatedtype Value: Sendable, Hashable

  static var wireType: WireType { get }
  /// What a field has that is not in the bytes.
  static var defaultValue: Value { get }
  static func isDefault(_ value: Value) -> Bool
  /// Bytes that `write` will write.
  static func size(_ value: Value) -> Int
  static func write(_ value: Value, to writer: inout MessageWriter)
  static func read(from reader: inout MessageReader) throws(CodecError) -> Value
  /// Reads a value over one that came earlier: the last one wins, but messages merge.
  static func merge(_ value: inout Value, from reader: inout MessageReader) throws(CodecError)
  /// Writes the value for people, without the field's name.
  static func describe(_ value: Value, to printer: inout MessagePrinter)
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension FieldCoding {
  @inlinable @inline(__always)
  public static func merge(
    _ value: inout Value, from reader: inout MessageReader
  ) throws(CodecError) {
    value = try read(from: &reader)
  }

  public static func describe(_ value: Value, to printer: inout MessagePrinter) {
    printer.write("\(value)")
  }
}

/// A number, of which lists are packed.
public protocol PackableCoding: FieldCoding {
  /// Bytes of each value, `nil` if it differs from value to value.
  static var fixedSize: Int? { get }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension PackableCoding {
  @inlinable public static var fixedSize: Int? { nil }
}

/// A type that the key of a map may have.
public protocol MapKeyCoding: FieldCoding {
  static func precedes(_ first: Value, _ second: Value) -> Bool
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MapKeyCoding where Value: Comparable {
  @inlinable
  public static func precedes(_ first: Value, _ second: Value) -> Bool { first < second }
}
