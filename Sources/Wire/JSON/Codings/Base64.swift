// SPDX-License-Identifier: Apache-2.0

/// Bytes as text (RFC 4648). Written in the standard alphabet with padding; read in that and in the
/// one for URLs, with padding or without.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  /// The six bits of each byte, 0xFF for those that are in neither alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    return values
  }()

  static func encoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let group = bytes[index..<min(index + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(3 - group.count) * 8
      for place in 0..<4 {
        let value = Int(bits >> UInt32(18 - 6 * place) & 63)
        text.append(place <= group.count ? alphabet[value] : padding)
      }
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` if the text has other letters, a length that bytes never have, or padding that is not
  /// the whole end of a group of four.
  static func decoded(_ text: String) -> [UInt8]? {
    var letters = Array(text.utf8)[...]
    var paddings = 0
    while letters.last == padding, paddings < 2 {
      letters.removeLast()
      paddings += 1
    }
    guard letters.count % 4 != 1, paddings == 0 || (letters.count + paddings) % 4 == 0 else {
      return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 4 * 3 + 2)
    var bits: UInt32 = 0
    var count = 0
    for letter in letters {
      let value = values[Int(letter)]
      guard value < 64 else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
