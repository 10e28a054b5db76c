// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyLaunch

/// One file of settings, with the line of each for messages.
struct SettingFile: Sendable {
  /// Its path.
  var name: String
  var values: [String: String]
  private var lines: [String: Int] = [:]

  /// Entries without lines.
  init(name: String, values: [String: String]) {
    self.name = name
    self.values = values
  }

  init(name: String, parsing text: String) throws(LivyError) {
    self.init(name: name, values: try JavaProperties(parsing: text).values)
    let physical = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in physical.enumerated() {
      let key = line.drop { $0.isWhitespace }.prefix { !"=: \t".contains($0) }
      // Of two lines with one key the later wins, here as there.
      lines[String(key)] = index + 1
    }
  }

  /// The same file without the other entries.
  func keeping(_ isKept: (String) -> Bool) -> SettingFile {
    var file = self
    file.values = values.filter { isKept($0.key) }
    return file
  }

  /// From 1; nil where the key is written with escapes.
  func line(of key: String) -> Int? { lines[key] }

  /// `livy.conf:12`; the file alone where the key is written with escapes.
  func place(of key: String) -> String {
    lines[key].map { "\(name):\($0)" } ?? name
  }
}
