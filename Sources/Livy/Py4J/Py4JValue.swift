// SPDX-License-Identifier: Apache-2.0

/// What travels as an argument of a call and comes back as its result. Java's `void` comes back as
/// `.null`.
package enum Py4JValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int32)
  case long(Int64)
  case double(Double)
  /// A `java.math.BigDecimal`, in its own notation.
  case decimal(String)
  case text(String)
  case bytes([UInt8])
  case reference(JavaReference)
}

extension Py4JValue: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self = .text(value)
  }
}

/// An object that the gateway keeps alive in the JVM under an id, until it is released. Ids are
/// shared by all connections of a gateway.
package struct JavaReference: Hashable, Sendable {
  /// What Py4J knows of the object; the raw value is its letter on the wire.
  package enum Shape: UInt8, Sendable, CaseIterable {
    case object = 0x72  // r
    case array = 0x74  // t
    case list = 0x6C  // l
    case map = 0x61  // a
    case set = 0x68  // h
    case iterator = 0x67  // g
  }

  package let id: String
  package let shape: Shape

  package init(id: String, shape: Shape = .object) {
    self.id = id
    self.shape = shape
  }
}

extension Py4JValue {
  /// The object, or an error when Java gave something else.
  package func asReference() throws(Py4JError) -> JavaReference {
    guard case .reference(let reference) = self else { throw unexpected("an object") }
    return reference
  }

  package func asText() throws(Py4JError) -> String {
    guard case .text(let text) = self else { throw unexpected("text") }
    return text
  }

  package func asBool() throws(Py4JError) -> Bool {
    guard case .bool(let bool) = self else { throw unexpected("a boolean") }
    return bool
  }

  /// Java's int or long.
  package func asInteger() throws(Py4JError) -> Int64 {
    switch self {
    case .int(let int): return Int64(int)
    case .long(let long): return long
    case .null, .bool, .double, .decimal, .text, .bytes, .reference:
      throw unexpected("a whole number")
    }
  }

  private func unexpected(_ wanted: String) -> Py4JError {
    Py4JError(.unexpectedValue, "Java answered with \(self) where \(wanted) was due")
  }
}
