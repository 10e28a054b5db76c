// SPDX-License-Identifier: Apache-2.0

/// Cuts the gateway's bytes into lines, however they arrive. A line above the limit is skipped up
/// to its end and told as `.tooLong`, so that the next one is read in step.
struct ReplyLines {
  enum Line: Equatable {
    case whole([UInt8])
    case tooLong
  }

  private let bytesMax: Int
  private var partial: [UInt8] = []
  private var isSkipping = false

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  /// The lines that these bytes complete.
  mutating func push(_ bytes: UnsafeRawBufferPointer) -> [Line] {
    var lines: [Line] = []
    for piece in bytes.split(separator: Py4JText.lineFeed, omittingEmptySubsequences: false)
      .enumerated()
    {
      if piece.offset > 0 { lines.append(takeLine()) }
      append(piece.element)
    }
    return lines
  }

  private mutating func append(_ piece: Slice<UnsafeRawBufferPointer>) {
    guard !isSkipping else { return }
    guard piece.count <= bytesMax - partial.count else {
      isSkipping = true
      partial = []
      return
    }
    partial.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece))
  }

  private mutating func takeLine() -> Line {
    if isSkipping {
      isSkipping = false
      return .tooLong
    }
    let line = partial
    partial = []
    return .whole(line)
  }
}
