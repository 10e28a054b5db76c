// SPDX-License-Identifier: Apache-2.0

extension Lexer {
  mutating func number() {
    let start = offset
    // All that could belong to a number, so that `12ab` is one mistake and not two tokens.
    while let byte, isNumberByte(byte, since: start) { offset += 1 }
    let text = source.text(start..<offset)
    if let kind = Self.integer(text) ?? Self.float(text) {
      append(kind, from: start, line: line)
    } else {
      diagnostics.error(
        range(from: start), "`\(text.prefix(40))` is no number",
        help: "write digits (42), hex digits behind 0x (0x2A) or octal ones behind 0 (052)")
      append(.malformed, from: start, line: line)
    }
  }

  private func isNumberByte(_ byte: UInt8, since start: Int) -> Bool {
    if byte.isDigit || byte.isLetter || byte == UInt8(ascii: ".") { return true }
    guard byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), offset > start else {
      return false
    }
    // A sign belongs to an exponent only, and `e` is none behind 0x.
    let before = source.bytes[offset - 1] | 0x20
    let isHex = offset > start + 1 && source.bytes[start + 1] | 0x20 == UInt8(ascii: "x")
    return before == UInt8(ascii: "e") && !isHex
  }

  private static func integer(_ text: String) -> Token.Kind? {
    let digits: Substring
    let radix: Int
    if text.hasPrefix("0x") || text.hasPrefix("0X") {
      (digits, radix) = (text.dropFirst(2), 16)
    } else if text.hasPrefix("0"), text.count > 1 {
      (digits, radix) = (text.dropFirst(1), 8)
    } else {
      (digits, radix) = (text[...], 10)
    }
    let isValid = digits.utf8.allSatisfy { byte in
      byte.hexValue.map { Int($0) < radix } ?? false
    }
    guard isValid, !digits.isEmpty else { return nil }
    return .integer(UInt64(digits, radix: radix))
  }

  private static func float(_ text: String) -> Token.Kind? {
    guard text.utf8.allSatisfy({ $0.isDigit || ".eE+-fF".utf8.contains($0) }) else { return nil }
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") })
    else { return nil }
    let digits = text.hasSuffix("f") || text.hasSuffix("F") ? text.dropLast() : text[...]
    return Double(digits).map { .float($0) }
  }

  mutating func string(quote: UInt8) {
    let start = offset
    var value: [UInt8] = []
    offset += 1
    while let byte, byte != UInt8(ascii: "\n") {
      offset += 1
      if byte == quote {
        append(.string(value), from: start, line: line)
        return
      }
      if byte == UInt8(ascii: "\\") { escape(into: &value) } else { value.append(byte) }
    }
    diagnostics.error(
      SourceRange(file: file, bytes: start..<start + 1), "this string does not end on its line",
      help: "write the closing quote")
    append(.malformed, from: start, line: line)
  }

  /// One escape, of which the backslash has been read.
  private mutating func escape(into value: inout [UInt8]) {
    let start = offset - 1
    guard let byte, byte != UInt8(ascii: "\n") else { return }
    offset += 1
    switch byte {
    case UInt8(ascii: "n"): value.append(0x0A)
    case UInt8(ascii: "r"): value.append(0x0D)
    case UInt8(ascii: "t"): value.append(0x09)
    case UInt8(ascii: "a"): value.append(0x07)
    case UInt8(ascii: "b"): value.append(0x08)
    case UInt8(ascii: "f"): value.append(0x0C)
    case UInt8(ascii: "v"): value.append(0x0B)
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
      value.append(byte)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      let code = digits(base: 8, countMax: 2, after: Int(byte - UInt8(ascii: "0")))
      value.append(UInt8(truncatingIfNeeded: code))
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      guard self.byte?.hexValue != nil else { return badEscape(from: start) }
      value.append(UInt8(truncatingIfNeeded: digits(base: 16, countMax: 2, after: 0)))
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let count = byte == UInt8(ascii: "u") ? 4 : 8
      let first = offset
      let code = digits(base: 16, countMax: count, after: 0)
      guard offset - first == count, let scalar = UInt32(exactly: code).flatMap(UnicodeScalar.init)
      else { return badEscape(from: start) }
      value.append(contentsOf: String(scalar).utf8)
    default:
      badEscape(from: start)
    }
  }

  private mutating func digits(base: Int, countMax: Int, after value: Int) -> Int {
    var value = value
    var count = 0
    while count < countMax, let digit = byte?.hexValue, Int(digit) < base {
      value = value * base + Int(digit)
      offset += 1
      count += 1
    }
    return value
  }

  private mutating func badEscape(from start: Int) {
    diagnostics.error(
      range(from: start), "a string has no such escape",
      help: "write `\\\\` for a backslash; others are \\n \\t \\\" \\x41 \\101 \\u0041")
  }
}
