// SPDX-License-Identifier: Apache-2.0

/// A JSON value. Numbers keep the digits they were written with, and objects the order of their
/// members.
public enum JSONValue: Hashable, Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number, as it was written.
  case number(JSONNumber)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Named values, in the order they were written. A name may stand twice.
  case object([JSONMember])

  /// Reads a whole JSON text.
  public init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
    var parser = JSONParser(bytes, limits: limits)
    self = try parser.parse()
  }

  /// The value of a member of an object; the last one when the name stands twice.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// What kind of value it is, in words for messages.
  var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// One named value of an object.
public struct JSONMember: Hashable, Sendable {
  /// The name.
  public var name: String
  /// The value.
  public var value: JSONValue

  /// Makes a member of its parts.
  public init(name: String, value: JSONValue) {
    self.name = name
    self.value = value
  }
}

/// A number with the digits it was written with: `0.10` stays `0.10`, and 30 digits stay 30 digits.
public struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
  /// As written; always a number as JSON knows it.
  public let literal: String

  /// Trusted: the lexer has seen it.
  init(checked literal: String) {
    self.literal = literal
  }

  /// Nil unless `literal` is a number as JSON knows it.
  public init?(_ literal: String) {
    guard
      case .number(let number)? = try? JSONValue(parsing: Array(literal.utf8), limits: .answers),
      number.literal == literal
    else { return nil }
    self = number
  }

  /// The whole number it stands for, if it is one: `3`, `3.0` and `3e0` are, `3.5` is not.
  public var integer: Int64? {
    if let integer = Int64(literal) { return integer }
    guard let double = Double(literal), double.magnitude < 0x1p53 else { return nil }
    return Int64(exactly: double)
  }

  /// As written.
  public var description: String { literal }
}
