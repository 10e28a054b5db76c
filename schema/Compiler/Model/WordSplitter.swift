// SPDX-License-Identifier: Apache-2.0

/// Finds the words of which a name is made: `ui_url`, `uiUrl`, `UIUrl` and `UI_URL` are all `ui`
/// and `url`.
enum WordSplitter {
  static func words(of name: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    let bytes = Array(name.utf8)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "_") {
        if !word.isEmpty { words.append(text(word)) }
        word = []
        continue
      }
      if isUpper(byte), let before = word.last {
        let next = index + 1 < bytes.count ? bytes[index + 1] : nil
        // A capital begins a word behind a small letter, and before one: `UIUrl` is `UI` and `Url`.
        if !isUpper(before) || next.map(isLower) == true {
          words.append(text(word))
          word = []
        }
      }
      word.append(byte)
    }
    if !word.isEmpty { words.append(text(word)) }
    return words
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func isUpper(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
  }

  private static func isLower(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
  }
}
