// SPDX-License-Identifier: Apache-2.0

/// Lines that come without anybody at a terminal, put together to statements by the rules of the
/// prompt: the end of the input ends the last one.
struct StatementBlocks {
  var language: ShellLanguage
  private var lines: [String] = []

  init(_ language: ShellLanguage) {
    self.language = language
  }

  /// Nothing stands before the next line.
  var isEmpty: Bool { lines.isEmpty }

  /// The statement that a line ends.
  mutating func add(_ line: String) -> String? {
    if lines.isEmpty, line.allSatisfy(\.isWhitespace) { return nil }
    lines.append(line)
    return language.isComplete(lines.joined(separator: "\n")) ? end() : nil
  }

  /// What stands there at the end; nil where nothing does.
  mutating func end() -> String? {
    defer { lines = [] }
    return lines.isEmpty ? nil : language.statement(lines.joined(separator: "\n"))
  }
}
