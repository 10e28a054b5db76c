// SPDX-License-Identifier: Apache-2.0

/// How many columns of a terminal a text takes. One column for most characters, two for those of
/// East Asian scripts and emoji, none for marks that stand on the character before them.
///
/// A character of several scalars (a flag, a family) counts as terminals that draw it in one piece
/// do; some older ones give each of its scalars room.
enum TextWidth {
  static func of(_ text: String) -> Int {
    text.reduce(0) { $0 + of($1) }
  }

  static func of(_ character: Character) -> Int {
    if let ascii = character.asciiValue { return (0x20..<0x7F).contains(ascii) ? 1 : 0 }
    var width = 0
    for scalar in character.unicodeScalars {
      // The selector asks for the picture instead of the sign.
      width = max(width, scalar.value == 0xFE0F && width == 1 ? 2 : of(scalar))
    }
    return width
  }

  /// The longest beginning that fits.
  static func prefix(of text: String, columns: Int) -> Substring {
    var left = columns
    return text.prefix { character in
      left -= of(character)
      return left >= 0
    }
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .control: return 0
    // A soft hyphen is drawn.
    case .format: return scalar.value == 0xAD ? 1 : 0
    default: break
    }
    // Vowels and final consonants of Hangul join the syllable before them.
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }
    if scalar.value < 0x1100 { return 1 }
    return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
      ? 2 : 1
  }

  /// Unicode's East_Asian_Width W and F (UAX 11) in blocks, without what is emoji anyway.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FB, 0x1F200...0x1F265,
    0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
