// SPDX-License-Identifier: Apache-2.0

public import WireCodec

/// One of proto3's types of a value in JSON.
public protocol JSONCoding: FieldCoding {
  /// Whether `null` is a value of the type, and not a field that is not set.
  static var readsJSONNull: Bool { get }
  /// Reads a value. `nil` if it is one to ignore: a name that the enum does not have.
  static func readJSON(from reader: inout JSONReader) throws(JSONError) -> Value?
  static func writeJSON(_ value: Value, to writer: inout JSONWriter)
}

extension JSONCoding {
  /// As most types have it.
  public static var readsJSONNull: Bool { false }
}

/// A type that the key of a map may have: names of an object's members are always strings.
public protocol JSONKeyCoding: JSONCoding, MapKeyCoding {
  static func key(_ value: Value) -> String
  /// The value that a member's name stands for, or `nil` if it stands for none.
  static func value(ofKey key: String) -> Value?
}

extension BoolField: JSONKeyCoding {
  /// Reads `true` or `false`.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> Bool? {
    try reader.bool()
  }

  /// Writes `true` or `false`.
  public static func writeJSON(_ value: Bool, to writer: inout JSONWriter) { writer.bool(value) }

  /// The key as a member's name.
  public static func key(_ value: Bool) -> String { value ? "true" : "false" }

  /// The key that a member's name stands for.
  public static func value(ofKey key: String) -> Bool? { Bool(key) }
}

extension StringField: JSONKeyCoding {
  /// Reads a string.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> String? {
    try reader.string()
  }

  /// Writes a string.
  public static func writeJSON(_ value: String, to writer: inout JSONWriter) {
    writer.string(value)
  }

  /// The key as a member's name.
  public static func key(_ value: String) -> String { value }

  /// The key that a member's name stands for.
  public static func value(ofKey key: String) -> String? { key }
}

extension BytesField: JSONCoding {
  /// Reads base64 of either alphabet, padded or not.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
    reader.skipSpace()
    let place = reader.position
    guard let bytes = Base64.decoded(try reader.string()) else {
      throw JSONError(.invalidBase64, at: place)
    }
    return bytes
  }

  /// Writes base64 of the standard alphabet, padded.
  public static func writeJSON(_ value: [UInt8], to writer: inout JSONWriter) {
    writer.string(Base64.encoded(value))
  }
}

extension EnumField: JSONCoding where Value: JSONEnum {
  /// Whether `null` is a value.
  public static var readsJSONNull: Bool { Value.readsJSONNull }

  /// Reads a value's name or number.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> Value? {
    if readsJSONNull, try reader.null() { return Value() }
    guard try reader.kind() == .string else {
      guard try reader.kind() == .number else { throw reader.failure(.wrongKind) }
      return Value(rawValue: try reader.integer(Int32.self))
    }
    let place = reader.position
    if let number = Value.jsonNames.number(of: try reader.string()) {
      return Value(rawValue: number)
    }
    guard reader.options.unknown == .ignored else {
      throw JSONError(.unknownEnumValue, at: place)
    }
    return nil
  }

  /// Writes a value's name, or its number if it has none or numbers are wanted.
  public static func writeJSON(_ value: Value, to writer: inout JSONWriter) {
    if readsJSONNull { return writer.null() }
    if writer.options.enums == .names, let name = Value.jsonNames.name(of: value.rawValue) {
      writer.string(name)
    } else {
      writer.integer(value.rawValue)
    }
  }
}

extension MessageField: JSONCoding where Value: JSONMessage {
  /// Whether `null` is a value.
  public static var readsJSONNull: Bool { Value.readsJSONNull }

  /// Reads the message's value.
  public static func readJSON(from reader: inout JSONReader) throws(JSONError) -> Value? {
    var value = Value()
    try reader.message(&value)
    return value
  }

  /// Writes the message's value.
  public static func writeJSON(_ value: Value, to writer: inout JSONWriter) {
    writer.message(value)
  }
}
