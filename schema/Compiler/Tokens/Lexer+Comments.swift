// SPDX-License-Identifier: Apache-2.0

extension Lexer {
  mutating func lineComment() -> Comment {
    let start = offset
    while let byte, byte != UInt8(ascii: "\n") { offset += 1 }
    let words = commentLine(start + 2..<offset)
    return Comment(range: range(from: start), lines: line...line, text: [words])
  }

  mutating func blockComment() -> Comment {
    let start = offset
    let first = line
    offset += 2
    var text: [CommentLine] = []
    var lineStart = offset
    while let byte {
      if byte == UInt8(ascii: "*"), self.byte(ahead: 1) == UInt8(ascii: "/") {
        text.append(blockLine(lineStart..<offset))
        offset += 2
        return Comment(range: range(from: start), lines: first...line, text: Self.trimmed(text))
      }
      offset += 1
      if byte == UInt8(ascii: "\n") {
        text.append(blockLine(lineStart..<offset - 1))
        lineStart = offset
        line += 1
      }
    }
    diagnostics.error(
      SourceRange(file: file, bytes: start..<start + 2), "this comment has no end",
      help: "write `*/` behind it, or begin each of its lines with `//`")
    return Comment(range: range(from: start), lines: first...line, text: Self.trimmed(text))
  }

  /// Words of a comment's line: without one space before them and all space behind.
  private func commentLine(_ bytes: Range<Int>) -> CommentLine {
    var start = bytes.lowerBound
    var end = bytes.upperBound
    if start < end, source.bytes[start] == UInt8(ascii: " ") { start += 1 }
    while end > start, Self.isSpace(source.bytes[end - 1]) { end -= 1 }
    return CommentLine(
      text: source.text(start..<end), range: SourceRange(file: file, bytes: start..<end))
  }

  /// As above, also without the star that many put before each line of a block.
  private func blockLine(_ bytes: Range<Int>) -> CommentLine {
    var start = bytes.lowerBound
    while start < bytes.upperBound, Self.isSpace(source.bytes[start]) { start += 1 }
    if start < bytes.upperBound, source.bytes[start] == UInt8(ascii: "*") { start += 1 }
    return commentLine(start..<bytes.upperBound)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private static func trimmed(_ lines: [CommentLine]) -> [CommentLine] {
    guard let first = lines.firstIndex(where: { !$0.text.isEmpty }),
      let last = lines.lastIndex(where: { !$0.text.isEmpty })
    else { return [] }
    return Array(lines[first...last])
  }
}
