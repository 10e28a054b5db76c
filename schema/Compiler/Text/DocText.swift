// SPDX-License-Identifier: Apache-2.0

/// Fits the lines of a comment into a width.
enum DocText {
  /// Paragraphs with a line that is too long are broken anew; all others stay as their author broke
  /// them.
  static func wrapped(_ lines: [String], width: Int) -> [String] {
    var wrapped: [String] = []
    var paragraph: [String] = []
    for line in lines + [""] {
      if startsAnew(line) {
        wrapped += broken(paragraph, width: width)
        paragraph = []
      }
      if line.isEmpty { wrapped.append("") } else { paragraph.append(line) }
    }
    wrapped.removeLast()
    return wrapped
  }

  /// Empty lines, items of a list and indented code are not joined to what stands above them.
  private static func startsAnew(_ line: String) -> Bool {
    line.isEmpty || [" ", "- ", "* ", "```"].contains { line.hasPrefix($0) }
  }

  private static func broken(_ paragraph: [String], width: Int) -> [String] {
    guard paragraph.contains(where: { $0.count > width }) else { return paragraph }
    var lines: [String] = []
    var current = ""
    for word in paragraph.joined(separator: " ").split(separator: " ") {
      if current.isEmpty {
        current = String(word)
      } else if current.count + 1 + word.count <= width {
        current += " \(word)"
      } else {
        lines.append(current)
        current = String(word)
      }
    }
    return lines + [current]
  }
}
