// SPDX-License-Identifier: Apache-2.0

/// One entry of a file of settings, and what becomes of it.
struct SettingEntry: Equatable, Sendable {
  var file: String
  /// From 1; nil where the key is written with escapes.
  var line: Int?
  var name: String
  var value: String
  var verdict: SettingVerdict

  init(file: SettingFile, name: String, value: String) {
    self.file = file.name
    self.line = file.line(of: name)
    self.name = name
    self.value = value
    verdict = SettingVerdict(key: name, value: value)
  }

  /// `livy.conf:12`, or the file alone.
  var place: String { line.map { "\(file):\($0)" } ?? file }

  /// For a screen or a log: secrets are not told.
  var shownValue: String { Self.isSecret(name) && !value.isEmpty ? "(hidden)" : value }

  /// By its name, so that it holds for keys too that nobody here knows.
  static func isSecret(_ name: String) -> Bool {
    let bare = name.lowercased().filter { $0.isLetter }
    return secretWords.contains { bare.contains($0) }
  }

  private static let secretWords = [
    "password", "passwd", "passphrase", "secret", "tokenvalue", "accesskey", "apikey",
    "credentials",
  ]
}
