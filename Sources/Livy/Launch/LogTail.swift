// SPDX-License-Identifier: Apache-2.0

/// The newest lines of a log file, read from its end: the cost does not grow with the file.
package struct LogTail: Sendable {
  private let path: String
  private let bytesMax: Int

  package init(path: String, bytesMax: Int) {
    self.path = path
    self.bytesMax = bytesMax
  }

  /// At most `linesMax` lines, oldest first. A line whose beginning lies before the part that is
  /// read is shown from there on. A file that cannot be read has none.
  package func lines(max linesMax: Int) -> [String] {
    guard linesMax > 0, let bytes = try? FileSystem.read(.last, bytesMax, of: path) else {
      return []
    }
    var rest = bytes[...]
    if rest.last == UInt8(ascii: "\n") { rest.removeLast() } else if rest.isEmpty { return [] }
    var lines: [String] = []
    while lines.count < linesMax {
      let lineEnd = rest.lastIndex(of: UInt8(ascii: "\n"))
      let start = lineEnd.map { $0 + 1 } ?? rest.startIndex
      lines.append(String(decoding: rest[start...], as: UTF8.self).droppingReturn)
      guard let lineEnd else { break }
      rest = rest[..<lineEnd]
    }
    return lines.reversed()
  }
}

extension String {
  /// Without the `\r` that some programs write before the end of a line.
  fileprivate var droppingReturn: String {
    unicodeScalars.last == "\r" ? String(String.UnicodeScalarView(unicodeScalars.dropLast())) : self
  }
}
