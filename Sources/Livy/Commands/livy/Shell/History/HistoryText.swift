// SPDX-License-Identifier: Apache-2.0

/// The history as it stands in its file: one entry a line, oldest first, with `\n` for a line end
/// within an entry and `\\` for a backslash.
enum HistoryText {
  /// The newest entries within the limits. What a file holds is outside data: control characters go.
  static func entries(of text: String) -> [String] {
    let lines = text.split(separator: "\n").suffix(ShellLimits.historyEntriesMax)
    return lines.map { EditorText.cleaned(decoded($0)) }.filter { !$0.isEmpty }
  }

  /// The newest entries that fit into the file.
  static func text(of entries: [String]) -> String {
    var lines: [String] = []
    var bytes = 0
    for entry in entries.reversed().prefix(ShellLimits.historyEntriesMax) {
      let line = encoded(entry) + "\n"
      bytes += line.utf8.count
      guard bytes <= ShellLimits.historyBytesMax else { break }
      lines.append(line)
    }
    return lines.reversed().joined()
  }

  static func encoded(_ entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  private static func decoded(_ line: Substring) -> String {
    var entry = ""
    var isEscaped = false
    for character in line {
      if isEscaped {
        entry.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        entry.append(character)
      }
    }
    return entry
  }
}

/// What was entered, in this shell and in those before it.
struct ShellHistory: Equatable {
  /// Oldest first.
  private(set) var entries: [String]

  init(_ entries: [String] = []) {
    self.entries = entries
  }

  /// Says whether it is kept: not what is empty, begins with a blank, is the newest entry already or
  /// is too long.
  mutating func add(_ entry: String) -> Bool {
    guard let first = entry.first, !first.isWhitespace, entry != entries.last,
      entry.utf8.count <= ShellLimits.historyEntryBytesMax
    else { return false }
    entries.append(entry)
    if entries.count > ShellLimits.historyEntriesMax { entries.removeFirst() }
    return true
  }
}
