// SPDX-License-Identifier: Apache-2.0

public import WireCodec

/// The names of a message's fields in JSON.
public struct JSONNames: Sendable, ExpressibleByArrayLiteral {
  private var byNumber: [UInt32: JSONName] = [:]
  private var byName: [String: UInt32] = [:]

  /// The names of all fields.
  public init(arrayLiteral names: JSONName...) {
    // A name that `json_name` gives goes before the same name of another field in the schema.
    for name in names { byName[name.schema] = name.number }
    for name in names {
      byName[name.json] = name.number
      byNumber[name.number] = name
    }
  }

  /// The number of the field with this name, the one of JSON or the one of the schema.
  func number(of name: String) -> UInt32? { byName[name] }

  func name(of number: UInt32) -> JSONName? { byNumber[number] }
}

/// A field's number and its two names, which are often the same.
public struct JSONName: Sendable {
  var number: UInt32
  /// `uiUrl`.
  var json: String
  /// `ui_url`.
  var schema: String

  /// A field; the schema's name is given if it is another one.
  public init(_ number: UInt32, _ json: String, _ schema: String? = nil) {
    self.number = number
    self.json = json
    self.schema = schema ?? json
  }
}

/// An enum whose values have names in JSON.
public protocol JSONEnum: WireEnum {
  static var jsonNames: JSONEnumNames { get }
  /// Whether `null` is a value of it: of `google.protobuf.NullValue` alone.
  static var readsJSONNull: Bool { get }
}

extension JSONEnum {
  /// Whether `null` is a value.
  public static var readsJSONNull: Bool { false }
}

/// The names of an enum's values. Of two names with one number the first is written.
public struct JSONEnumNames: Sendable, ExpressibleByDictionaryLiteral {
  private var names: [Int32: String] = [:]
  private var numbers: [String: Int32] = [:]

  /// The names of all values, in the order of the schema.
  public init(dictionaryLiteral values: (String, Int32)...) {
    for (name, number) in values {
      numbers[name] = number
      if names[number] == nil { names[number] = name }
    }
  }

  func number(of name: String) -> Int32? { numbers[name] }

  func name(of number: Int32) -> String? { names[number] }
}
