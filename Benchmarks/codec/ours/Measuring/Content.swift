// SPDX-License-Identifier: Apache-2.0

/// What the messages hold, the same in each language.
enum Content {
  static let rowCount = 10_000
  static let levelCount = 64
  /// Of each kind of field that the older peer does not know.
  static let newerCount = 64
  private static let codeBytes = 4096

  /// Small letters.
  static func text(_ seed: Int, _ count: Int) -> String {
    String(decoding: (0..<count).map { UInt8(97 + (seed + $0 * 7) % 26) }, as: UTF8.self)
  }

  static func bytes(_ seed: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: seed + $0 * 131 + 17) }
  }

  /// Lines of 64 bytes of which one in eight has a letter outside of ASCII.
  static func code() -> String {
    (0..<codeBytes / 64).map { line in
      line % 8 == 7 ? "\(text(line, 61))\u{e9}\n" : "\(text(line, 63))\n"
    }.joined()
  }
}
