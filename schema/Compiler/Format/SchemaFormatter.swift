// SPDX-License-Identifier: Apache-2.0

/// Lays a schema file out anew: two spaces for each brace, one statement a line, at most one empty
/// line between two. The order of statements, all comments and the line breaks between brackets
/// stay. What the file means does not change: the tokens are the same, and each comment belongs to
/// the token that it belonged to.
package struct SchemaFormatter {
  static let indentWidth = 2
  /// Spaces before what a statement could not hold on its first line.
  static let continuationWidth = 4
  /// Brackets inside of each other that are told apart by their indentation: without an end to it a
  /// file of braces would grow by its square.
  static let nestingShownMax = 32

  let source: SourceFile
  /// Finished lines.
  private var lines: [String] = []
  private var line = ""
  private var previous: Token?
  /// Blocks around the token: messages, enums, services.
  private var depth = 0
  /// Brackets and values in braces around the token, inside of its statement.
  private(set) var nesting: [Token.Symbol] = []
  /// The first word of the statement; `nil` between two.
  private(set) var firstWord: String?
  private var hasEquals = false
  /// The statement before ended with a block.
  private var closedBlock = false
  /// Line in the source of what was written last, token or comment.
  private var lastLine = 0
  /// A comment to the line's end was written.
  private var mustBreak = false

  /// The file laid out, or `nil` if it has mistakes that leave open what belongs to what. These are
  /// added to the diagnostics.
  package static func format(
    _ source: SourceFile, file: Int, limits: CompilerLimits = .standard,
    diagnostics: inout Diagnostics
  ) -> String? {
    var found = Diagnostics(limits: limits)
    let tokens = Lexer.tokens(of: source, file: file, limits: limits, diagnostics: &found)
    _ = Parser.parse(tokens, limits: limits, diagnostics: &found)
    diagnostics.add(found)
    if found.hasErrors { return nil }
    var formatter = SchemaFormatter(source: source)
    for token in tokens { formatter.write(token) }
    return formatter.finished()
  }

  private init(source: SourceFile) {
    self.source = source
  }

  private func finished() -> String {
    let all = lines + (line.isEmpty ? [] : [line])
    return all.isEmpty ? "" : all.joined(separator: "\n") + "\n"
  }

  // MARK: Tokens

  private mutating func write(_ token: Token) {
    let closesBlock = isAt(.braceClose, token) && !isInValue
    if firstWord == nil { beginStatement(token, closesBlock) } else { goOn(token) }
    if token.kind != .end { line += source.text(token.range.bytes) }
    lastLine = token.line
    follow(token, closesBlock)
    for comment in token.trailing { trail(comment) }
    previous = token
  }

  private mutating func beginStatement(_ token: Token, _ closesBlock: Bool) {
    if isAttached(token, closesBlock) {
      if closesBlock { depth -= 1 }
      return
    }
    let wasOpened = previous.map { isAt(.braceOpen, $0) } ?? true
    var mayBeEmpty = !wasOpened
    if depth == 0, previous != nil, token.kind != .end, !closesBlock, needsRoom(token) {
      flush()
      lines.append("")
      mayBeEmpty = false
    }
    for comment in token.leading where comment.lines.upperBound < token.line || isLast(token) {
      flush()
      if mayBeEmpty, comment.lines.lowerBound > lastLine + 1 { lines.append("") }
      line = indentation + text(of: comment)
      lastLine = comment.lines.upperBound
      mayBeEmpty = true
    }
    flush()
    if closesBlock { depth = max(0, depth - 1) }
    if mayBeEmpty, !closesBlock, token.kind != .end, firstLine(of: token) > lastLine + 1 {
      lines.append("")
    }
    line = token.kind == .end ? "" : indentation
    for comment in token.leading where comment.lines.upperBound == token.line && !isLast(token) {
      line += text(of: comment) + " "
    }
  }

  /// Whether a token that begins a statement stands behind the one before it: the brace of an empty
  /// block, or an empty statement behind a block.
  private func isAttached(_ token: Token, _ closesBlock: Bool) -> Bool {
    guard let previous, token.leading.isEmpty, previous.trailing.isEmpty else { return false }
    if closesBlock { return isAt(.braceOpen, previous) }
    return isAt(.semicolon, token) && !isAt(.braceOpen, previous)
  }

  /// Whether an empty line must stand before a statement of the outermost level.
  private func needsRoom(_ token: Token) -> Bool {
    if case .identifier(let word) = token.kind, ["message", "enum", "service"].contains(word) {
      return true
    }
    return closedBlock
  }

  private func isLast(_ token: Token) -> Bool { token.kind == .end }

  /// The line of a token, or of the comment before it on its line.
  private func firstLine(of token: Token) -> Int {
    token.leading.last { $0.lines.upperBound == token.line }.map(\.lines.lowerBound) ?? token.line
  }

  private mutating func goOn(_ token: Token) {
    let own = token.leading.filter { $0.lines.upperBound < token.line }
    for comment in own {
      flush()
      line = continuation(token) + text(of: comment)
    }
    let breaks = mustBreak || !own.isEmpty || keepsBreak(before: token)
    if breaks {
      flush()
      line = continuation(token)
    } else if let previous, needsSpace(between: previous, token) {
      line += " "
    }
    for comment in token.leading where comment.lines.upperBound == token.line {
      line += text(of: comment) + " "
    }
  }

  private func keepsBreak(before token: Token) -> Bool {
    guard token.line > lastLine else { return false }
    if case .string = token.kind, case .string = previous?.kind { return true }
    return !nesting.isEmpty
  }

  /// Moves the state behind a token.
  private mutating func follow(_ token: Token, _ closesBlock: Bool) {
    guard case .symbol(let symbol) = token.kind else {
      if firstWord == nil { firstWord = source.text(token.range.bytes) }
      return
    }
    let wasFirst = firstWord == nil
    if wasFirst { firstWord = symbol.text }
    switch symbol {
    case .semicolon where !isInValue:
      // An empty statement behind a block belongs to it.
      closedBlock = closedBlock && wasFirst
      endStatement()
    case .braceOpen where opensValue: nesting.append(symbol)
    case .braceOpen:
      depth += 1
      closedBlock = false
      endStatement()
    case .braceClose where closesBlock:
      closedBlock = true
      endStatement()
    case .braceClose:
      while let last = nesting.popLast(), last != .braceOpen {}
    case .bracketOpen: nesting.append(symbol)
    case .angleOpen where isInValue: nesting.append(symbol)
    case .bracketClose where nesting.last == .bracketOpen: nesting.removeLast()
    case .angleClose where nesting.last == .angleOpen: nesting.removeLast()
    case .equals: hasEquals = true
    default: break
    }
  }

  private mutating func endStatement() {
    firstWord = nil
    hasEquals = false
    nesting = []
  }

  /// A brace belongs to a value, and opens no block.
  private var opensValue: Bool { !nesting.isEmpty || (firstWord == "option" && hasEquals) }

  var isInValue: Bool { nesting.contains(.braceOpen) }

  func isAt(_ symbol: Token.Symbol, _ token: Token) -> Bool { token.kind == .symbol(symbol) }

  // MARK: Lines

  private mutating func flush() {
    if !line.isEmpty { lines.append(line) }
    line = ""
    mustBreak = false
  }

  private var indentation: String { String(repeating: " ", count: depth * Self.indentWidth) }

  private func continuation(_ token: Token) -> String {
    let closes = [.bracketClose, .braceClose, .angleClose].contains { isAt($0, token) }
    let level = min(nesting.count - (closes ? 1 : 0), Self.nestingShownMax)
    let width = nesting.isEmpty ? Self.continuationWidth : level * Self.indentWidth
    return indentation + String(repeating: " ", count: width)
  }

  // MARK: Comments

  private mutating func trail(_ comment: Comment) {
    let text = text(of: comment)
    let isToEnd = text.hasPrefix("//")
    line += (isToEnd ? "  " : " ") + text
    mustBreak = mustBreak || isToEnd
    lastLine = comment.lines.upperBound
  }

  /// A comment with its marks. Lines of a block that begin with a star are put below each other.
  private func text(of comment: Comment) -> String {
    let lines = source.text(comment.range.bytes)
      .split(separator: "\n", omittingEmptySubsequences: false).map(Self.withoutEnd)
    return lines.enumerated().map { index, line in
      let words = line.drop { $0 == " " || $0 == "\t" }
      return index > 0 && words.hasPrefix("*") ? "\(indentation) \(words)" : String(line)
    }.joined(separator: "\n")
  }

  private static func withoutEnd(_ line: Substring) -> Substring {
    var line = line
    while let last = line.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
      line.unicodeScalars.removeLast()
    }
    return line
  }
}
