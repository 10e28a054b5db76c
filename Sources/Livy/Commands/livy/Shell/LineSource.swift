// SPDX-License-Identifier: Apache-2.0

/// Standard input, line by line.
struct LineSource {
  private let source: ByteSource
  private var bytes: [UInt8] = []
  /// So many of them hold no line's end.
  private var searched = 0
  private var isOver = false

  init(_ source: ByteSource) {
    self.source = source
  }

  /// Without its end; nil behind the last one. Throws when a line is too long, or no text.
  mutating func next() async throws -> String? {
    while true {
      if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(bytes[..<end])
        bytes.removeFirst(end + 1)
        searched = 0
        return try Self.text(line)
      }
      searched = bytes.count
      guard !isOver else {
        defer {
          bytes = []
          searched = 0
        }
        return bytes.isEmpty ? nil : try Self.text(bytes)
      }
      try Task.checkCancellation()
      guard bytes.count <= CodeSource.bytesMax else {
        throw CommandFailure(.usage, "livy: a line has more than \(CodeSource.bytesMax) bytes")
      }
      switch await source.read() {
      case .bytes(let more): bytes += more
      case .end: isOver = true
      case .woken: break
      }
    }
  }

  private static func text(_ line: [UInt8]) throws -> String {
    guard let text = String(validating: line, as: UTF8.self) else {
      throw CommandFailure(.usage, "livy: standard input is not UTF-8 text")
    }
    return text.hasSuffix("\r") ? String(text.dropLast()) : text
  }
}
