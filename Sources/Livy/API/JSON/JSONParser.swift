// SPDX-License-Identifier: Apache-2.0

/// Builds a ``JSONValue`` from a whole text. Recursion is bounded by `JSONLimits.depthMax`.
struct JSONParser {
  private var lexer: JSONLexer
  private let depthMax: Int

  init(_ bytes: [UInt8], limits: JSONLimits) {
    lexer = JSONLexer(bytes, limits: limits)
    depthMax = limits.depthMax
  }

  mutating func parse() throws(JSONError) -> JSONValue {
    let value = try value(depth: 0)
    guard lexer.next() == .end else { throw lexer.unexpected("nothing after the value") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    switch lexer.next() {
    case .object, .array:
      guard depth < depthMax else {
        throw JSONError(.limit, "Nesting depth exceeds the maximum allowed (\(depthMax))")
      }
      let isObject = lexer.next() == .object
      lexer.takeMark()
      return isObject ? try object(depth: depth + 1) : try array(depth: depth + 1)
    case .string:
      return .string(try string())
    case .number:
      let range = try lexer.takeNumber()
      return .number(JSONNumber(checked: String(decoding: lexer.bytes[range], as: UTF8.self)))
    case .word:
      return try lexer.takeWord().map { .bool($0) } ?? .null
    case .closeObject, .closeArray, .comma, .colon, .end, .other:
      throw lexer.unexpected("a value")
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    var values: [JSONValue] = []
    if lexer.next() == .closeArray {
      lexer.takeMark()
      return .array(values)
    }
    while true {
      values.append(try value(depth: depth))
      switch lexer.next() {
      case .comma: lexer.takeMark()
      case .closeArray:
        lexer.takeMark()
        return .array(values)
      default: throw lexer.unexpected("',' or ']'")
      }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    var members: [JSONMember] = []
    if lexer.next() == .closeObject {
      lexer.takeMark()
      return .object(members)
    }
    while true {
      guard lexer.next() == .string else { throw lexer.unexpected("a field name in quotes") }
      let name = try string()
      guard lexer.next() == .colon else { throw lexer.unexpected("':'") }
      lexer.takeMark()
      members.append(JSONMember(name: name, value: try value(depth: depth)))
      switch lexer.next() {
      case .comma: lexer.takeMark()
      case .closeObject:
        lexer.takeMark()
        return .object(members)
      default: throw lexer.unexpected("',' or '}'")
      }
    }
  }

  private mutating func string() throws(JSONError) -> String {
    let (inside, hasEscapes) = try lexer.takeString()
    let raw = hasEscapes ? unescaped(inside) : lexer.bytes[inside]
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw JSONError(.syntax, "Invalid UTF-8 in a string before byte \(lexer.index)")
    }
    return text
  }

  /// Every escape was checked by the lexer.
  private func unescaped(_ inside: Range<Int>) -> ArraySlice<UInt8> {
    var result: [UInt8] = []
    result.reserveCapacity(inside.count)
    var units: [UInt16] = []
    var index = inside.lowerBound
    while index < inside.upperBound {
      let byte = lexer.bytes[index]
      let escape = byte == UInt8(ascii: "\\") ? lexer.bytes[index + 1] : 0
      if escape == UInt8(ascii: "u") {
        let digits = String(decoding: lexer.bytes[(index + 2)..<(index + 6)], as: UTF8.self)
        units.append(UInt16(digits, radix: 16) ?? 0xFFFD)
        index += 6
        continue
      }
      Self.flush(&units, into: &result)
      if escape == 0 {
        result.append(byte)
        index += 1
      } else {
        result.append(Self.meaning(of: escape))
        index += 2
      }
    }
    Self.flush(&units, into: &result)
    return result[...]
  }

  /// Escapes beyond the basic plane come as two; a lone half becomes U+FFFD.
  private static func flush(_ units: inout [UInt16], into result: inout [UInt8]) {
    guard !units.isEmpty else { return }
    result += Array(String(decoding: units, as: UTF16.self).utf8)
    units.removeAll()
  }

  private static func meaning(of escape: UInt8) -> UInt8 {
    switch escape {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: escape
    }
  }
}
