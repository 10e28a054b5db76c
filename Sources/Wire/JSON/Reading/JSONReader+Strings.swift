// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
  /// Reads a string.
  public mutating func string() throws(JSONError) -> String {
    try expect(.string)
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      guard byte >= 0x20 else { throw failure(.malformed) }
      position += 1
    }
    guard next == UInt8(ascii: "\"") else { return try escapedString(from: start) }
    defer { position += 1 }
    return try text(bytes[start..<position], at: start)
  }

  private func text(
    _ utf8: some Collection<UInt8>, at offset: Int
  ) throws(JSONError) -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw JSONError(.invalidUTF8, at: offset)
    }
    return text
  }

  /// Reads the rest of a string that has escapes.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var utf8 = Array(bytes[start..<position])
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return try text(utf8, at: start)
      case UInt8(ascii: "\\"): utf8 += try escape()
      case 0..<0x20: throw failure(.malformed)
      default:
        utf8.append(byte)
        position += 1
      }
    }
    throw failure(.truncated)
  }

  /// Reads `\` and what it stands for. Returns UTF-8.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    let place = position
    position += 1
    guard let letter = next else { throw failure(.truncated) }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try scalar(from: place)).utf8)
    default: throw JSONError(.invalidEscape, at: place)
    }
  }

  /// Reads the digits behind `\u`, and a second escape if the first is half of a pair.
  private mutating func scalar(from place: Int) throws(JSONError) -> Character {
    var value = try fourDigits(from: place)
    if value >= 0xD800, value < 0xDC00 {
      guard bytes.count - position >= 2, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw JSONError(.invalidEscape, at: place) }
      position += 2
      let low = try fourDigits(from: place)
      guard low >= 0xDC00, low < 0xE000 else { throw JSONError(.invalidEscape, at: place) }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    // A low half alone is no scalar.
    guard let scalar = Unicode.Scalar(value) else { throw JSONError(.invalidEscape, at: place) }
    return Character(scalar)
  }

  private mutating func fourDigits(from place: Int) throws(JSONError) -> UInt32 {
    guard bytes.count - position >= 4 else { throw JSONError(.truncated, at: bytes.count) }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Self.hexDigit(byte) else { throw JSONError(.invalidEscape, at: place) }
      value = value << 4 | digit
    }
    position += 4
    return value
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
