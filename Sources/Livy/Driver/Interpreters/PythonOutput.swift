// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Collects what the child prints, and finds where a request's output ends: at the token that the
/// runner prints last. What arrives after a token belongs to the next request.
package struct PythonOutput: Sendable {
  private let limits: PythonLimits
  private var kept: [UInt8] = []
  /// How many of the kept bytes `takeNews` has given.
  private var given = 0
  private var isCut = false
  /// The end of what arrived, where the token may have begun.
  private var undecided: [UInt8] = []
  private var tail: [UInt8] = []

  package init(limits: PythonLimits = PythonLimits()) {
    self.limits = limits
  }

  /// Takes bytes while no request runs: a subprocess or a thread that outlived its statement.
  package mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    keep(bytes)
  }

  /// Takes bytes of a request's output. Not nil when the token was among them: the whole output, as
  /// text.
  package mutating func receive(
    _ bytes: UnsafeRawBufferPointer, until token: [UInt8]
  ) -> String? {
    let window = undecided + bytes
    undecided = []
    return window.withUnsafeBytes { window in
      guard let start = Self.find(token, in: window) else {
        let decided = window.count - Self.beginning(of: token, atEndOf: window)
        keep(UnsafeRawBufferPointer(rebasing: window[..<decided]))
        undecided = Array(window[decided...])
        return nil
      }
      keep(UnsafeRawBufferPointer(rebasing: window[..<start]))
      let text = takeText()
      keep(UnsafeRawBufferPointer(rebasing: window[(start + token.count)...]))
      return text
    }
  }

  /// What was kept of the request's output since the last call, in whole characters; nil if there is
  /// nothing new.
  package mutating func takeNews() -> String? {
    let end = wholeCharactersEnd
    guard end > given else { return nil }
    defer { given = end }
    return String(decoding: kept[given..<end], as: UTF8.self)
  }

  /// The newest lines of the output that has not ended, for the reason of the child's end.
  package func lastLines() -> [String] {
    let text = String(decoding: (tail + undecided).suffix(limits.tailBytesMax), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    return lines.suffix(limits.tailLinesMax).map(String.init)
  }

  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    tail = Array((tail + bytes.suffix(limits.tailBytesMax)).suffix(limits.tailBytesMax))
    let room = limits.outputBytesMax - kept.count
    kept += bytes.prefix(room)
    if bytes.count > room { isCut = true }
  }

  private mutating func takeText() -> String {
    defer {
      kept = []
      given = 0
      isCut = false
      tail = []
    }
    let bytesMax = limits.outputBytesMax
    let text = String(decoding: isCut ? kept[..<wholeCharactersEnd] : kept[...], as: UTF8.self)
    // What is no UTF-8 takes more room as text.
    return isCut ? text.cut(at: bytesMax, of: bytesMax) : text.kept(within: bytesMax, of: bytesMax)
  }

  /// Where a cut leaves no half of a UTF-8 character behind.
  private var wholeCharactersEnd: Int {
    guard let start = kept.suffix(4).lastIndex(where: { $0 & 0b1100_0000 != 0b1000_0000 }) else {
      return kept.count
    }
    let length =
      switch kept[start] {
      case 0xf0...: 4
      case 0xe0...: 3
      case 0xc0...: 2
      default: 1
      }
    return kept.count - start < length ? start : kept.count
  }

  /// Length of the longest end of `bytes` that is a beginning of the token, but not all of it.
  private static func beginning(of token: [UInt8], atEndOf bytes: UnsafeRawBufferPointer) -> Int {
    let longest = min(bytes.count, token.count - 1)
    return (0..<max(0, longest)).map { longest - $0 }
      .first { bytes.suffix($0).elementsEqual(token.prefix($0)) } ?? 0
  }

  private static func find(_ token: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let first = token.first else { return nil }
    var start = 0
    while start + token.count <= bytes.count {
      let candidates = bytes.count - token.count + 1 - start
      guard let found = memchr(base + start, Int32(first), candidates) else { return nil }
      start = UnsafeRawPointer(found) - base
      if memcmp(base + start, token, token.count) == 0 { return start }
      start += 1
    }
    return nil
  }
}

extension String {
  /// As it is, or cut where there is no room for it.
  func kept(within room: Int, of bytesMax: Int) -> String {
    utf8.count <= room ? self : cut(at: room, of: bytesMax)
  }

  /// The characters that begin before a byte, and the mark of a cut that names the limit.
  fileprivate func cut(at byte: Int, of bytesMax: Int) -> String {
    let end = utf8.index(startIndex, offsetBy: max(0, byte), limitedBy: endIndex) ?? endIndex
    return String(unicodeScalars[..<end])
      + "\n... [output cut by Livy after \(bytesMax) bytes]"
  }

  /// Without the blanks and line ends at its end, as Python's `rstrip()` sees them.
  package var rightStripped: String {
    var scalars = unicodeScalars[...]
    while let last = scalars.last,
      last.properties.isWhitespace || (0x1c...0x1f).contains(last.value)
    {
      scalars.removeLast()
    }
    return String(scalars)
  }
}
