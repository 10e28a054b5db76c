// SPDX-License-Identifier: Apache-2.0

/// Something that can be read from a JSON value.
public protocol JSONReadable: Sendable {
  /// Takes the value apart.
  init(json: JSONValue) throws(JSONError)
}

extension JSONReadable {
  /// Reads a whole JSON text.
  public init(json bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
    try self.init(json: JSONValue(parsing: bytes, limits: limits))
  }
}

extension JSONFields {
  /// The value, or an error that names the field when it is absent.
  public func required<Value>(_ value: Value?, _ name: String) throws(JSONError) -> Value {
    guard let value else { throw JSONError(.mismatch, "Field \"\(name)\" is missing") }
    return value
  }
}

extension Array where Element: JSONReadable {
  init(json values: [JSONValue]) throws(JSONError) {
    self = []
    reserveCapacity(values.count)
    for value in values { append(try Element(json: value)) }
  }
}
