// SPDX-License-Identifier: Apache-2.0

/// A look at some code: which of its brackets, texts and comments are open at its end, and what its
/// lines begin and end with. No parser: what it cannot see, the interpreter will say.
struct CodeScan: Equatable {
  /// A line as the language takes it: brackets, long texts and backslashes join several.
  struct Line: Equatable {
    /// Blanks before the code.
    var indentation: Int
    /// Without comments and outer blanks; of a text only its quotes are left.
    var code: String
  }

  /// How many brackets are open.
  private(set) var depth = 0
  /// A text or a comment that may go on in the next line is open.
  private(set) var isInside = false
  /// The last line ends with a backslash.
  private(set) var isContinued = false
  /// Those with code.
  private(set) var lines: [Line] = []
  /// Nothing but blanks stands behind the last line end.
  private(set) var isLastLineBlank = true

  private let syntax: CodeSyntax
  private let code: [Character]
  private var place = 0
  private var line = ""

  init(_ text: String, _ syntax: CodeSyntax) {
    self.syntax = syntax
    code = Array(text)
    isLastLineBlank = text.reversed().prefix { $0 != "\n" }.allSatisfy(\.isWhitespace)
    while place < code.count { step() }
    endLine()
  }

  static func == (left: CodeScan, right: CodeScan) -> Bool {
    left.depth == right.depth && left.isInside == right.isInside && left.lines == right.lines
      && left.isContinued == right.isContinued && left.isLastLineBlank == right.isLastLineBlank
  }

  private mutating func step() {
    let character = code[place]
    isContinued = false
    if isHere(syntax.comment) { return skipComment() }
    if let literal = syntax.literals.first(where: { isHere($0.open) }) { return skip(literal) }
    if syntax.hasCharacters, character == "'", skipCharacter() { return }
    place += 1
    switch character {
    case "(", "[", "{": depth += 1
    // One too many is an error that the interpreter tells.
    case ")", "]", "}": depth = max(depth - 1, 0)
    case "\\" where syntax.hasContinuations && (place == code.count || isHere(["\n"])):
      isContinued = true
      place += place < code.count ? 1 : 0
      return
    case "\n" where depth == 0: return endLine()
    default: break
    }
    line.append(character)
  }

  private mutating func endLine() {
    let blanks = line.prefix { $0 == " " || $0 == "\t" }.count
    let text = line.trimmed
    line = ""
    if !text.isEmpty { lines.append(Line(indentation: blanks, code: text)) }
  }

  private func isHere(_ sign: [Character]) -> Bool {
    !sign.isEmpty && code[place...].starts(with: sign)
  }

  private mutating func skipComment() {
    place = code[place...].firstIndex(of: "\n") ?? code.count
  }

  private mutating func skip(_ literal: CodeSyntax.Literal) {
    if !literal.isComment { line.append(contentsOf: literal.open) }
    place += literal.open.count
    var nesting = 1
    while place < code.count {
      if isHere(literal.close) {
        place += literal.close.count
        nesting -= 1
        guard nesting == 0 else { continue }
        if !literal.isComment { line.append(contentsOf: literal.close) }
        return
      }
      if literal.isNested, isHere(literal.open) {
        nesting += 1
        place += literal.open.count
      } else if literal.hasEscapes, code[place] == "\\" {
        place = min(place + 2, code.count)
      } else if code[place] == "\n", !literal.isLong {
        // It has no end: an error that the interpreter tells.
        return
      } else {
        place += 1
      }
    }
    isInside = literal.isLong
  }

  /// `'a'`, `'\n'` or `'\u0041'`; false where it is something else.
  private mutating func skipCharacter() -> Bool {
    let rest = code[(place + 1)...].prefix(7)
    guard let first = rest.first, first != "\n" else { return false }
    let length =
      first == "\\" ? rest.dropFirst(2).firstIndex(of: "'") : rest.index(after: rest.startIndex)
    guard let end = length, end < code.count, code[end] == "'" else { return false }
    line.append("''")
    place = end + 1
    return true
  }
}

extension String {
  fileprivate var trimmed: String {
    let front = drop(while: \.isWhitespace)
    let blanks = front.reversed().prefix(while: \.isWhitespace).count
    return String(front.dropLast(blanks))
  }
}
