// SPDX-License-Identifier: Apache-2.0

/// A JSON document as text, checked and otherwise untouched, so that it can be spliced into a
/// larger one.
public struct JSONText: Hashable, Sendable, CustomStringConvertible {
  /// The document.
  public let text: String

  /// Checks `text` without building a value from it.
  public init(checking text: String, limits: JSONLimits = .answers) throws(JSONError) {
    var checker = JSONChecker(Array(text.utf8), limits: limits)
    try checker.check()
    self.text = text
  }

  /// The value's text, without blanks.
  public init(_ value: JSONValue) {
    text = JSONWriter.text(of: value)
  }

  /// The document.
  public var description: String { text }
}

/// Says whether a text is one JSON value, and builds nothing: results of many megabytes pass here.
private struct JSONChecker {
  private var lexer: JSONLexer
  private let depthMax: Int
  /// What is open around the current place: true is an object.
  private var open: [Bool] = []

  init(_ bytes: [UInt8], limits: JSONLimits) {
    lexer = JSONLexer(bytes, limits: limits)
    depthMax = limits.depthMax
  }

  mutating func check() throws(JSONError) {
    repeat {
      if try takeValueOrOpening() { try takeClosings() }
    } while !open.isEmpty
    guard lexer.next() == .end else { throw lexer.unexpected("nothing after the value") }
  }

  /// True when a whole value has passed, false when a container was opened that is not empty.
  private mutating func takeValueOrOpening() throws(JSONError) -> Bool {
    let start = lexer.next()
    switch start {
    case .object, .array:
      guard open.count < depthMax else {
        throw JSONError(.limit, "Nesting depth exceeds the maximum allowed (\(depthMax))")
      }
      lexer.takeMark()
      if lexer.next() == (start == .object ? .closeObject : .closeArray) {
        lexer.takeMark()
        return true
      }
      open.append(start == .object)
      if start == .object { try takeName() }
      return false
    case .string: _ = try lexer.takeString()
    case .number: _ = try lexer.takeNumber()
    case .word: _ = try lexer.takeWord()
    case .closeObject, .closeArray, .comma, .colon, .end, .other:
      throw lexer.unexpected("a value")
    }
    return true
  }

  /// After a value: ends what ends here, and goes to the next value if there is one.
  private mutating func takeClosings() throws(JSONError) {
    while let isObject = open.last {
      switch lexer.next() {
      case .comma:
        lexer.takeMark()
        if isObject { try takeName() }
        return
      case .closeObject where isObject, .closeArray where !isObject:
        lexer.takeMark()
        open.removeLast()
      default:
        throw lexer.unexpected(isObject ? "',' or '}'" : "',' or ']'")
      }
    }
  }

  private mutating func takeName() throws(JSONError) {
    guard lexer.next() == .string else { throw lexer.unexpected("a field name in quotes") }
    _ = try lexer.takeString()
    guard lexer.next() == .colon else { throw lexer.unexpected("':'") }
    lexer.takeMark()
  }
}
