// SPDX-License-Identifier: Apache-2.0

/// One schema file: its name, its bytes, and where its lines begin.
package struct SourceFile: Sendable {
  /// As the user named it; diagnostics and generated headers show it.
  package let path: String
  package let bytes: [UInt8]
  /// Offset of the first byte of each line.
  private let lineStarts: [Int]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  package init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// Index of the line that holds a byte, from 0.
  package func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The bytes of a line, without its end.
  package func bytes(ofLine line: Int) -> Range<Int> {
    let start = lineStarts[line]
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  package func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}

/// Bytes of one of the files of a run.
package struct SourceRange: Hashable, Sendable {
  /// Index of the file in the run.
  package var file: Int
  package var bytes: Range<Int>

  package init(file: Int, bytes: Range<Int>) {
    self.file = file
    self.bytes = bytes
  }

  /// From the beginning of this range to the end of a later one of the same file.
  package func through(_ other: SourceRange) -> SourceRange {
    let end = max(bytes.upperBound, other.bytes.upperBound)
    return SourceRange(file: file, bytes: bytes.lowerBound..<end)
  }

  /// The empty range behind the last byte: where something is missing.
  package var behind: SourceRange {
    SourceRange(file: file, bytes: bytes.upperBound..<bytes.upperBound)
  }
}
