// SPDX-License-Identifier: Apache-2.0

/// Standard base64 with padding (RFC 4648, section 4), in which Py4J carries byte arrays.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count / 3 + 1) * 4)
    var rest = bytes[...]
    while let first = rest.popFirst() {
      let second = rest.popFirst()
      let third = second == nil ? nil : rest.popFirst()
      let group = UInt32(first) << 16 | UInt32(second ?? 0) << 8 | UInt32(third ?? 0)
      text.append(symbol(group >> 18))
      text.append(symbol(group >> 12))
      text.append(second == nil ? padding : symbol(group >> 6))
      text.append(third == nil ? padding : symbol(group))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` when a character is none of the alphabet's or the length is wrong.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let symbols = text.suffix(2).reduce(into: text) { rest, byte in
      if byte == padding, rest.last == padding { rest.removeLast() }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var bitCount = 0
    for symbol in symbols {
      guard let value = value(of: symbol) else { return nil }
      bits = (bits << 6 | value) & 0xFFFF
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    return bytes
  }

  private static func symbol(_ bits: UInt32) -> UInt8 {
    alphabet[Int(bits & 0x3F)]
  }

  private static func value(of symbol: UInt8) -> UInt32? {
    switch symbol {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(symbol) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(symbol) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(symbol) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
