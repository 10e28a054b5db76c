// SPDX-License-Identifier: Apache-2.0

/// Makes a syntax tree of tokens, by recursive descent.
///
/// A statement that cannot be read is reported once and skipped to its `;` or its closing brace;
/// the next one is read as if nothing had been. So one run shows the mistakes of the whole file.
package struct Parser {
  /// Thrown after the mistake has been reported, to leave the statement.
  struct Unreadable: Error {}

  let tokens: [Token]
  let limits: CompilerLimits
  var diagnostics: Diagnostics
  var index = 0
  /// Messages around the current token.
  var nesting = 0
  var file = FileSyntax()
  /// Comment lines above an `rpc`.
  var methodComments: Set<SourceRange> = []
  /// Comment lines above a field or behind it.
  var fieldComments: Set<SourceRange> = []
  private var reportedOpenBrace = false

  package static func parse(
    _ tokens: [Token], limits: CompilerLimits = .standard, diagnostics: inout Diagnostics
  ) -> FileSyntax {
    guard !tokens.isEmpty else { return FileSyntax() }
    var parser = Parser(tokens: tokens, limits: limits, diagnostics: diagnostics)
    parser.parseFile()
    diagnostics = parser.diagnostics
    return parser.file
  }

  private init(tokens: [Token], limits: CompilerLimits, diagnostics: Diagnostics) {
    self.tokens = tokens
    self.limits = limits
    self.diagnostics = diagnostics
  }

  // MARK: Tokens

  var current: Token { tokens[index] }
  var previous: Token { tokens[max(0, index - 1)] }

  func token(ahead count: Int) -> Token { tokens[min(index + count, tokens.count - 1)] }

  func isAt(_ symbol: Token.Symbol) -> Bool { current.kind == .symbol(symbol) }

  func isAt(_ word: String) -> Bool { current.kind == .identifier(word) }

  /// The end of the file is never passed.
  mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
  }

  mutating func take(_ symbol: Token.Symbol) -> Bool {
    guard isAt(symbol) else { return false }
    advance()
    return true
  }

  mutating func take(_ word: String) -> Bool {
    guard isAt(word) else { return false }
    advance()
    return true
  }

  // MARK: What must be there

  mutating func fail(_ message: String, help: String) -> Unreadable {
    if current.kind != .malformed {
      diagnostics.error(current.range, "\(message), but here is \(describe(current))", help: help)
    }
    return Unreadable()
  }

  mutating func expect(
    _ symbol: Token.Symbol, _ place: String, help: String
  ) throws(Unreadable) {
    if take(symbol) { return }
    throw fail("`\(symbol.text)` must stand \(place)", help: help)
  }

  /// The end of a statement. If it is missing at the end of a line, nothing else is wrong.
  mutating func semicolon(after statement: String) throws(Unreadable) {
    if take(.semicolon) { return }
    if current.kind == .malformed, current.line == previous.line { throw Unreadable() }
    diagnostics.error(
      previous.range.behind, "`;` is missing behind \(statement)", help: "write `;` here")
    if current.line == previous.line, !isAt(.braceClose) { throw Unreadable() }
  }

  mutating func name(of thing: String) throws(Unreadable) -> NameSyntax {
    guard case .identifier(let text) = current.kind else {
      throw fail(
        "the name of \(thing) must stand here",
        help: "write one of the letters a to z, digits and `_`; it begins with no digit")
    }
    let range = current.range
    advance()
    return NameSyntax(text: text, range: range)
  }

  /// Names with dots between, perhaps with one before.
  mutating func path(of thing: String) throws(Unreadable) -> NameSyntax {
    let start = current.range
    var text = take(.dot) ? "." : ""
    text += try name(of: thing).text
    while take(.dot) {
      text += try "." + name(of: thing).text
      guard text.utf8.count <= limits.pathBytesMax else {
        diagnostics.error(
          start.through(previous.range),
          "this name is longer than \(limits.pathBytesMax) letters", help: "shorten it")
        throw Unreadable()
      }
    }
    return NameSyntax(text: text, range: start.through(previous.range))
  }

  mutating func number(of thing: String, help: String) throws(Unreadable) -> NumberSyntax {
    let start = current.range
    let isNegative = take(.minus)
    guard case .integer(let magnitude) = current.kind else {
      throw fail("the number of \(thing) must stand here", help: help)
    }
    advance()
    return NumberSyntax(
      value: magnitude.flatMap { Self.signed($0, isNegative: isNegative) },
      range: start.through(previous.range))
  }

  static func signed(_ magnitude: UInt64, isNegative: Bool) -> Int64? {
    guard isNegative else { return Int64(exactly: magnitude) }
    return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }

  func describe(_ token: Token) -> String {
    switch token.kind {
    case .identifier(let text): "`\(text.prefix(40))`"
    case .integer(let value): value.map { "the number \($0)" } ?? "a number"
    case .float(let value): "the number \(value)"
    case .string: "a string"
    case .symbol(let symbol): "`\(symbol.text)`"
    case .malformed: "something that is no word"
    case .end: "the end of the file"
    }
  }

  // MARK: Statements

  /// Reads statements up to the brace that closes them, and the brace. Returns whether all could be
  /// read.
  @discardableResult
  mutating func body(
    of owner: String, _ statement: (inout Parser) throws(Unreadable) -> Void
  ) throws(Unreadable) -> Bool {
    let open = current.range
    try expect(
      .braceOpen, "behind the name of \(owner)", help: "write `{` here, and `}` at its end")
    var isComplete = true
    while !isAt(.braceClose), current.kind != .end {
      if !readOne(statement) { isComplete = false }
    }
    if take(.braceClose) { return isComplete }
    if reportedOpenBrace { return false }
    reportedOpenBrace = true
    file.isPartial = true
    diagnostics.error(
      open, "this brace of \(owner) is never closed", help: "write `}` where \(owner) ends")
    return false
  }

  /// Reads what declares a type. If it cannot be read, later stages must not complain that the type
  /// is missing.
  mutating func declared<Node>(
    _ read: (inout Parser) throws(Unreadable) -> Node
  ) throws(Unreadable) -> Node {
    do {
      return try read(&self)
    } catch {
      file.isPartial = true
      throw error
    }
  }

  /// Returns whether the statement could be read.
  @discardableResult
  mutating func readOne(_ statement: (inout Parser) throws(Unreadable) -> Void) -> Bool {
    let before = index
    var isRead = true
    do {
      try statement(&self)
    } catch {
      isRead = false
      skipStatement()
    }
    if index == before { advance() }
    return isRead
  }

  /// Steps behind the end of the statement in which the current token stands: its `;`, or its block
  /// in braces. Stops before a brace that closes something further out.
  mutating func skipStatement() {
    while current.kind != .end, !isAt(.braceClose) {
      if take(.semicolon) { return }
      if isAt(.braceOpen) {
        skipBlock()
        _ = take(.semicolon)
        return
      }
      advance()
    }
  }

  /// Steps over a block in braces with all blocks inside of it, without recursion.
  mutating func skipBlock() {
    var depth = 0
    while current.kind != .end {
      if isAt(.braceOpen) { depth += 1 }
      if isAt(.braceClose) { depth -= 1 }
      advance()
      if depth <= 0 { return }
    }
  }
}
