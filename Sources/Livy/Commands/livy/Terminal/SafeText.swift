// SPDX-License-Identifier: Apache-2.0

/// Texts of others, made fit for a terminal: a session's name or log could else move the cursor, or
/// forge what stands above it.
enum SafeText {
  /// One line: every control character becomes a blank.
  static func line(_ text: String) -> String {
    String(text.map { $0.isControl ? " " : $0 })
  }

  /// Many lines: line ends and tabs stay, every other control character goes.
  static func block(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { $0 == "\n" || $0 == "\t" || !$0.isControl }))
  }
}

extension Character {
  fileprivate var isControl: Bool { unicodeScalars.contains { $0.isControl } }
}

extension Unicode.Scalar {
  /// C0, DEL and C1, and the marks that turn the direction of writing.
  var isControl: Bool {
    value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
      || (0x2066...0x2069).contains(value)
  }
}
