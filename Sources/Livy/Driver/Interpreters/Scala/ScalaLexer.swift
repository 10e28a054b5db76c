// SPDX-License-Identifier: Apache-2.0

/// Reads Scala as far as it takes to see where a top-level statement may end: a bracket with all
/// that is in it is one token, and so is a text. Wrong code gives some tokens too; Scala itself
/// then says what is wrong with it.
struct ScalaLexer {
  struct Token: Equatable {
    var meaning: Meaning
    /// In the UTF-8 of the code.
    var range: Range<Int>
  }

  enum Meaning: Equatable {
    /// Blanks, line ends and comments.
    case space(Space)
    case word(String)
    /// Operator characters in a row.
    case symbol(String)
    case semicolon
    /// A comma or a dot: it neither begins nor ends a statement.
    case joint
    /// A closing bracket that nothing opened.
    case closer
    /// From `{` to its `}`.
    case braces
    /// A whole line: `%` at its very beginning, and a word right behind it or nothing at all. In
    /// any other place `%` is an operator.
    case magic
    case other
  }

  struct Space: Equatable {
    var hasLineEnd = false
    var hasEmptyLine = false
  }

  /// What a nested place ends with.
  private enum Nest {
    case bracket
    case text(isLong: Bool, isInterpolated: Bool)
  }

  let bytes: [UInt8]
  private var position = 0

  init(_ code: String) {
    bytes = Array(code.utf8)
  }

  /// Nil at the end of the code.
  mutating func next() -> Token? {
    let start = position
    guard let byte = peek() else { return nil }
    if let space = skipSpace() {
      return Token(meaning: .space(space), range: start..<position)
    }
    if skipMagic() { return Token(meaning: .magic, range: start..<position) }
    let meaning: Meaning
    switch byte {
    case UInt8(ascii: ";"):
      position += 1
      meaning = .semicolon
    case UInt8(ascii: ","):
      position += 1
      meaning = .joint
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      position += 1
      meaning = .closer
    case UInt8(ascii: "."):
      position += 1
      meaning = peek().map(Self.isDigit) == true ? .other : .joint
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""):
      skipNested()
      meaning = byte == UInt8(ascii: "{") ? .braces : .other
    case _ where Self.isWord(byte):
      meaning = word()
    case _ where Self.isSymbol(byte) && !startsComment:
      while let next = peek(), Self.isSymbol(next), !startsComment { position += 1 }
      meaning = .symbol(text(start..<position))
    default:
      skipPlain()
      meaning = .other
    }
    return Token(meaning: meaning, range: start..<position)
  }

  private mutating func word() -> Meaning {
    let start = position
    while let next = peek(), Self.isWord(next) { position += 1 }
    if peek() == UInt8(ascii: "\"") {
      skipNested()
      return .other
    }
    return .word(text(start..<position))
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
  }

  private func peek(_ distance: Int = 0) -> UInt8? {
    let index = position + distance
    return bytes.indices.contains(index) ? bytes[index] : nil
  }

  private func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[min(position, bytes.count)...].starts(with: $0) }
  }
}

// MARK: Magics

extension ScalaLexer {
  /// Leaves the line end behind it.
  private mutating func skipMagic() -> Bool {
    guard peek() == UInt8(ascii: "%"), peek(-1) == nil || peek(-1) == UInt8(ascii: "\n") else {
      return false
    }
    let rest = bytes[min(position + 1, bytes.count)...].prefix { $0 != UInt8(ascii: "\n") }
    guard rest.first.map(Self.isWord) == true || rest.allSatisfy({ $0 <= UInt8(ascii: " ") }) else {
      return false
    }
    position = rest.endIndex
    return true
  }
}

// MARK: Space

extension ScalaLexer {
  private var startsComment: Bool { starts(with: "//") || starts(with: "/*") }

  /// Nil where none begins. A comment without an end is no space: the code is incomplete.
  private mutating func skipSpace() -> Space? {
    let start = position
    var space = Space()
    var isLineEmpty = false
    while let byte = peek() {
      if byte == UInt8(ascii: "\n") {
        space.hasEmptyLine = space.hasEmptyLine || isLineEmpty
        space.hasLineEnd = true
        isLineEmpty = true
        position += 1
      } else if byte <= UInt8(ascii: " ") {
        position += 1
      } else if startsComment {
        isLineEmpty = false
        guard skipComment() else { break }
      } else {
        break
      }
    }
    return position == start ? nil : space
  }

  /// Leaves the line end behind a comment of a line. False, and nothing skipped, for a comment that
  /// does not end.
  private mutating func skipComment() -> Bool {
    let start = position
    if starts(with: "//") {
      while let next = peek(), next != UInt8(ascii: "\n") { position += 1 }
      return true
    }
    var depth = 0
    while position < bytes.count {
      if starts(with: "/*") {
        depth += 1
        position += 2
      } else if starts(with: "*/") {
        depth -= 1
        position += 2
        if depth == 0 { return true }
      } else {
        position += 1
      }
    }
    position = start
    return false
  }
}

// MARK: Nested places

extension ScalaLexer {
  /// Skips the bracket or the text that begins here, to its end or the end of the code.
  private mutating func skipNested() {
    var nests: [Nest] = []
    repeat {
      switch nests.last {
      case .text(let isLong, let isInterpolated):
        skipText(&nests, isLong: isLong, isInterpolated: isInterpolated)
      case .bracket, nil: skipCode(&nests)
      }
    } while !nests.isEmpty && position < bytes.count
  }

  private mutating func skipCode(_ nests: inout [Nest]) {
    switch peek() {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      nests.append(.bracket)
      position += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      nests.removeLast()
      position += 1
    case UInt8(ascii: "\""):
      let isInterpolated = peek(-1).map(Self.isWord) == true
      let isLong = starts(with: "\"\"\"")
      if isLong || !starts(with: "\"\"") {
        nests.append(.text(isLong: isLong, isInterpolated: isInterpolated))
        position += isLong ? 3 : 1
      } else {
        position += 2
      }
    default:
      if skipSpace() == nil { skipPlain() }
    }
  }

  private mutating func skipText(_ nests: inout [Nest], isLong: Bool, isInterpolated: Bool) {
    switch peek() {
    case UInt8(ascii: "\"") where isLong:
      var quotes = 0
      while peek() == UInt8(ascii: "\"") {
        quotes += 1
        position += 1
      }
      if quotes >= 3 { nests.removeLast() }
    case UInt8(ascii: "\""):
      nests.removeLast()
      position += 1
    case UInt8(ascii: "\n") where !isLong:  // It should have ended on its line.
      nests.removeLast()
    case UInt8(ascii: "\\") where !isLong:
      position += peek(1) == UInt8(ascii: "\n") ? 1 : 2
    case UInt8(ascii: "$") where isInterpolated:
      if peek(1) == UInt8(ascii: "{") { nests.append(.bracket) }
      position += peek(1) == UInt8(ascii: "{") || peek(1) == UInt8(ascii: "$") ? 2 : 1
    default: position += 1
    }
  }

  /// Skips one character, or what must not be taken apart: a name in backquotes, a character in
  /// quotes, a comment without an end.
  private mutating func skipPlain() {
    switch peek() {
    case UInt8(ascii: "`"):
      position += 1
      while let next = peek(), next != UInt8(ascii: "\n") {
        position += 1
        if next == UInt8(ascii: "`") { return }
      }
    case UInt8(ascii: "'"):
      let length = quotedLength
      position += length
    case _ where starts(with: "/*"):
      position = bytes.count
    default:
      position += 1
    }
  }

  /// Bytes of `'x'` or `'\n'`; one for a quote of something else, as in `'symbol`.
  private var quotedLength: Int {
    guard let first = peek(1), first != UInt8(ascii: "\n") else { return 1 }
    guard first == UInt8(ascii: "\\") else {
      let width = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
      return peek(1 + width) == UInt8(ascii: "'") ? width + 2 : 1
    }
    let longestEscape = 8  // '\u0041'
    for length in 4...longestEscape where peek(length - 1) == UInt8(ascii: "'") { return length }
    return 1
  }
}

// MARK: Characters

extension ScalaLexer {
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  private static func isSymbol(_ byte: UInt8) -> Bool {
    "!#%&*+-/:<=>?@\\^|~".utf8.contains(byte)
  }
}
