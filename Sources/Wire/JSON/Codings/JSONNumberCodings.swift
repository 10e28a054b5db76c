// SPDX-License-Identifier: Apache-2.0

public import WireCodec

/// A type of whole numbers.
public protocol JSONIntegerCoding: JSONKeyCoding where Value: FixedWidthInteger {}

extension JSONIntegerCoding {
  /// Reads a number, which may stand in quotes.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> Value? {
    try reader.integer(Value.self)
  }

  /// Writes a number, in quotes if the type has 64 bits.
  public static func writeJSON(_ value: Value, to writer: inout JSONWriter) {
    writer.integer(value)
  }

  /// The key as a member's name.
  public static func key(_ value: Value) -> String { String(value) }

  /// As a number of JSON: no plus, no zeros before it.
  public static func value(ofKey key: String) -> Value? {
    let digits = Array(key.utf8)
    var end = 0
    guard let number = try? JSONNumber(digits, from: &end), end == digits.count else { return nil }
    return number.integer(Value.self)
  }
}

extension Int32Field: JSONIntegerCoding {}
extension Int64Field: JSONIntegerCoding {}
extension UInt32Field: JSONIntegerCoding {}
extension UInt64Field: JSONIntegerCoding {}
extension SInt32Field: JSONIntegerCoding {}
extension SInt64Field: JSONIntegerCoding {}
extension Fixed32Field: JSONIntegerCoding {}
extension Fixed64Field: JSONIntegerCoding {}
extension SFixed32Field: JSONIntegerCoding {}
extension SFixed64Field: JSONIntegerCoding {}

extension FloatField: JSONCoding {
  /// Reads a number, a number in quotes, or the name of one that is none.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> Float? {
    try reader.float(Float.self)
  }

  /// Writes the shortest number that is read as the same one.
  public static func writeJSON(_ value: Float, to writer: inout JSONWriter) {
    writer.float(value)
  }
}

extension DoubleField: JSONCoding {
  /// Reads a number, a number in quotes, or the name of one that is none.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> Double? {
    try reader.float(Double.self)
  }

  /// Writes the shortest number that is read as the same one.
  public static func writeJSON(_ value: Double, to writer: inout JSONWriter) {
    writer.float(value)
  }
}
