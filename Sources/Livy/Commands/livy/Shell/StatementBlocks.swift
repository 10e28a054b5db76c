// SPDX-License-Identifier: Apache-2.0

/// Lines that come without anybody at a terminal, put together to statements by the rules of the
/// prompt: the end of the input ends the last one.
struct StatementBlocks {
  var language: ShellLanguage
  private var lines: [String] = []
  private var bytes = 0

  init(_ language: ShellLanguage) {
    self.language = language
  }

  /// Nothing stands before the next line.
  var isEmpty: Bool { lines.isEmpty }

  /// The statement that a line ends. Throws where it has become too long: it is looked through with
  /// each line.
  mutating func add(_ line: String) throws -> String? {
    if lines.isEmpty, line.allSatisfy(\.isWhitespace) { return nil }
    lines.append(line)
    bytes += line.utf8.count + 1
    guard lines.count == 1 || bytes <= ShellLimits.blockBytesMax else {
      throw CommandFailure(
        .usage,
        "livy: a statement of several lines has more than \(ShellLimits.blockBytesMax) bytes; livy run takes it in a file"
      )
    }
    return language.isComplete(lines.joined(separator: "\n")) ? end() : nil
  }

  /// What stands there at the end; nil where nothing does.
  mutating func end() -> String? {
    defer {
      lines = []
      bytes = 0
    }
    return lines.isEmpty ? nil : language.statement(lines.joined(separator: "\n"))
  }
}
