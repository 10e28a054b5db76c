// SPDX-License-Identifier: Apache-2.0

/// Cuts JSON (RFC 8259) into tokens. It knows no nesting: ``JSONParser`` and ``JSONText`` do.
struct JSONLexer {
  /// What begins at the current place.
  enum Start: Equatable {
    case object, array, string, number
    case closeObject, closeArray, comma, colon
    case word, end, other
  }

  let bytes: [UInt8]
  private(set) var index = 0
  private let numberLengthMax: Int

  init(_ bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    numberLengthMax = limits.numberLengthMax
    // A byte order mark is not JSON, but Livy's parser takes it.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Skips blanks and tells what comes; reads nothing of it.
  mutating func next() -> Start {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
    guard let byte = current else { return .end }
    switch byte {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "}"): return .closeObject
    case UInt8(ascii: "]"): return .closeArray
    case UInt8(ascii: ","): return .comma
    case UInt8(ascii: ":"): return .colon
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return .word
    default: return .other
    }
  }

  /// Takes the one-byte token that `next()` saw.
  mutating func takeMark() { index += 1 }

  /// Takes `true`, `false` or `null`; nil stands for null.
  mutating func takeWord() throws(JSONError) -> Bool? {
    for (word, meaning) in Self.words where bytes[index...].starts(with: word) {
      index += word.count
      return meaning
    }
    throw unexpected("a value")
  }

  /// Takes a number and gives where it stands.
  mutating func takeNumber() throws(JSONError) -> Range<Int> {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    if current == UInt8(ascii: "0") {
      index += 1
    } else {
      try takeDigits()
    }
    if current == UInt8(ascii: ".") {
      index += 1
      try takeDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      index += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      try takeDigits()
    }
    if let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      throw unexpected("no digit after a leading zero")
    }
    guard index - start <= numberLengthMax else {
      throw JSONError(
        .limit,
        "Number length (\(index - start)) exceeds the maximum allowed (\(numberLengthMax))")
    }
    return start..<index
  }

  private mutating func takeDigits() throws(JSONError) {
    let start = index
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    guard index > start else { throw unexpected("a digit") }
  }

  /// Takes a string; gives where its inside stands and whether it has escapes. Escapes are checked
  /// here.
  mutating func takeString() throws(JSONError) -> (inside: Range<Int>, hasEscapes: Bool) {
    index += 1
    let start = index
    var hasEscapes = false
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return (start..<(index - 1), hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try takeEscape()
      case 0..<0x20:
        throw unexpected("the rest of a string; write control characters as \\u escapes")
      default:
        index += 1
      }
    }
    throw unexpected("the rest of a string")
  }

  private mutating func takeEscape() throws(JSONError) {
    index += 1
    guard let byte = current else { throw unexpected("the rest of an escape") }
    switch byte {
    case UInt8(ascii: "u"):
      index += 1
      for _ in 0..<4 {
        guard let digit = current, Character(Unicode.Scalar(digit)).isHexDigit else {
          throw unexpected("four hex digits")
        }
        index += 1
      }
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      index += 1
    default:
      throw unexpected("an escape that JSON knows")
    }
  }

  /// The error for what stands at the current place.
  func unexpected(_ wanted: String) -> JSONError {
    let before = bytes[..<min(index, bytes.count)]
    let line = before.count { $0 == 0x0A } + 1
    let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    let found: String
    if let byte = current {
      let shown = byte > 0x20 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))' " : ""
      found = "Unexpected character (\(shown)code \(byte))"
    } else if bytes.isEmpty {
      return JSONError(.syntax, "No content to map due to end-of-input")
    } else {
      found = "Unexpected end-of-input"
    }
    return JSONError(.syntax, "\(found): expected \(wanted) at line \(line), column \(column)")
  }

  private static let words: [([UInt8], Bool?)] = [
    (Array("true".utf8), true), (Array("false".utf8), false), (Array("null".utf8), nil),
  ]
}
