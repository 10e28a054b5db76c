// SPDX-License-Identifier: Apache-2.0

/// Scala code, cut where one top-level statement may end and the next begin. The REPL wants them
/// one by one: a case class cannot make a Dataset in the compilation that defines it.
///
/// A cut is a line's end that stands in no bracket, text or comment, and over which the code does
/// not go on by Scala's own rule (an operator before it, a dot or `else` behind it, ...); or a
/// semicolon behind the definition of a class. A class and its companion object stay together. Where
/// code goes on without such a sign, as behind `import` or `if (x)`, the REPL finds the piece
/// incomplete and is given the next one with it. Comments between pieces belong to none. A line that
/// is a magic is a piece of its own.
struct ScalaPieces {
  private let lexer: ScalaLexer
  private var pieces: [Piece] = []

  private struct Piece {
    var range: Range<Int>
    var definition: Definition?
    var isMagic = false
  }

  private struct Definition {
    var isObject: Bool
    var name: String
  }

  init(_ code: String) {
    lexer = ScalaLexer(code)
    var cutter = Cutter()
    var lexer = lexer
    while let token = lexer.next() { cutter.take(token) }
    cutter.close()
    pieces = cutter.pieces
  }

  var count: Int { pieces.count }

  /// The code from one piece through another, as it was written.
  func text(_ range: ClosedRange<Int>) -> String {
    guard let first = pieces.indices.contains(range.lowerBound) ? pieces[range.lowerBound] : nil,
      let last = pieces.indices.contains(range.upperBound) ? pieces[range.upperBound] : nil
    else { return "" }
    return lexer.text(first.range.lowerBound..<last.range.upperBound)
  }

  /// The magic that a piece is.
  func magic(at index: Int) -> ScalaMagic? {
    guard pieces.indices.contains(index), pieces[index].isMagic else { return nil }
    return ScalaMagic(line: lexer.text(pieces[index].range))
  }

  /// Every piece by itself.
  var texts: [String] { pieces.map { lexer.text($0.range) } }
}

extension ScalaPieces {
  private struct Cutter {
    var pieces: [Piece] = []
    private var range: Range<Int>?
    private var heading = Heading.open
    private var space = ScalaLexer.Space()
    private var last = ScalaLexer.Meaning.other

    /// What the words at the beginning of a statement say.
    private enum Heading {
      case open
      case keyword(isObject: Bool)
      case definition(Definition)
      case none
    }

    mutating func take(_ token: ScalaLexer.Token) {
      if case .space(let space) = token.meaning {
        self.space.hasLineEnd = self.space.hasLineEnd || space.hasLineEnd
        self.space.hasEmptyLine = self.space.hasEmptyLine || space.hasEmptyLine
        return
      }
      if token.meaning == .magic { return add(token) }
      if space.hasLineEnd, !wantsMore, !goesOn(token.meaning) { close() }
      space = ScalaLexer.Space()
      last = token.meaning
      guard let begun = range else {
        if token.meaning != .semicolon { begin(token) }
        return
      }
      if case (.definition, .semicolon) = (heading, token.meaning) {
        close()
      } else {
        range = begun.lowerBound..<token.range.upperBound
        heading = Self.heading(after: heading, token.meaning)
      }
    }

    /// A magic, which belongs to nothing before or behind it.
    private mutating func add(_ token: ScalaLexer.Token) {
      close()
      pieces.append(Piece(range: token.range, definition: nil, isMagic: true))
      space = ScalaLexer.Space()
      last = .other
    }

    private mutating func begin(_ token: ScalaLexer.Token) {
      range = token.range
      heading = Self.heading(after: .open, token.meaning)
    }

    mutating func close() {
      guard let range else { return }
      self.range = nil
      var piece = Piece(range: range, definition: nil)
      if case .definition(let definition) = heading { piece.definition = definition }
      if let last = pieces.last, let one = last.definition, let other = piece.definition,
        one.name == other.name, one.isObject != other.isObject
      {
        pieces.removeLast()
        piece.range = last.range.lowerBound..<range.upperBound
      }
      pieces.append(piece)
    }

    /// The same chapter, and the rule of infix operators: one line end may stand behind them.
    private var wantsMore: Bool {
      switch last {
      case .joint: true
      case .symbol(let symbol): Self.symbolsWithin.contains(symbol) || !space.hasEmptyLine
      case .word, .semicolon, .closer, .braces, .magic, .other, .space: false
      }
    }

    /// "Newline characters" in chapter 1 of Scala's specification: what cannot begin a statement
    /// continues one. A brace may stand on the line behind the heading of a class.
    private func goesOn(_ meaning: ScalaLexer.Meaning) -> Bool {
      switch meaning {
      case .word(let word): return Self.wordsWithin.contains(word)
      case .symbol(let symbol): return Self.symbolsWithin.contains(symbol)
      case .joint, .closer, .semicolon: return true
      case .braces:
        guard case .definition = heading else { return false }
        return !space.hasEmptyLine
      case .space, .magic, .other: return false
      }
    }

    private static let wordsWithin: Set = [
      "catch", "else", "extends", "finally", "forSome", "match", "with", "yield",
    ]
    private static let symbolsWithin: Set = [":", "=", "=>", "<-", "<:", "<%", ">:", "#"]
    private static let modifiers: Set = [
      "abstract", "case", "final", "implicit", "lazy", "override", "private", "protected", "sealed",
    ]

    private static func heading(
      after heading: Heading, _ meaning: ScalaLexer.Meaning
    ) -> Heading {
      switch (heading, meaning) {
      case (.definition, _), (.none, _): heading
      case (.open, .word("class")), (.open, .word("trait")): .keyword(isObject: false)
      case (.open, .word("object")): .keyword(isObject: true)
      case (.open, .word(let word)): modifiers.contains(word) ? .open : .none
      case (.keyword(let isObject), .word(let name)):
        .definition(Definition(isObject: isObject, name: name))
      default: .none
      }
    }
  }
}
