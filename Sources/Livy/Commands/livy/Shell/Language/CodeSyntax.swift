// SPDX-License-Identifier: Apache-2.0

/// What of a language must be known to see where a statement ends.
struct CodeSyntax: Sendable {
  /// A text, or a comment with an end.
  struct Literal: Sendable {
    var open: [Character]
    var close: [Character]
    /// A backslash takes the meaning of the next character.
    var hasEscapes = true
    /// It may go over the end of a line.
    var isLong = false
    /// It may stand within itself.
    var isNested = false
    var isComment = false

    init(
      _ open: String, _ close: String? = nil, hasEscapes: Bool = true, isLong: Bool = false,
      isNested: Bool = false, isComment: Bool = false
    ) {
      self.open = Array(open)
      self.close = Array(close ?? open)
      self.hasEscapes = hasEscapes
      self.isLong = isLong
      self.isNested = isNested
      self.isComment = isComment
    }
  }

  /// What begins a comment that the line ends.
  var comment: [Character]
  /// Longer beginnings stand before their own beginnings.
  var literals: [Literal]
  /// `'a'` is a character, and a single `'` is not.
  var hasCharacters = false
  /// A backslash joins the next line.
  var hasContinuations = false

  static let python = CodeSyntax(
    comment: ["#"],
    literals: [
      Literal("\"\"\"", isLong: true), Literal("'''", isLong: true), Literal("\""), Literal("'"),
    ],
    hasContinuations: true)
  static let scala = CodeSyntax(
    comment: ["/", "/"],
    literals: [
      Literal("/*", "*/", hasEscapes: false, isLong: true, isNested: true, isComment: true),
      Literal("\"\"\"", hasEscapes: false, isLong: true), Literal("\""),
      Literal("`", hasEscapes: false),
    ],
    hasCharacters: true)
  static let sql = CodeSyntax(
    comment: ["-", "-"],
    literals: [
      Literal("/*", "*/", hasEscapes: false, isLong: true, isNested: true, isComment: true),
      Literal("'", isLong: true), Literal("\"", isLong: true),
      Literal("`", hasEscapes: false, isLong: true),
    ])
  static let r = CodeSyntax(
    comment: ["#"],
    literals: [Literal("\"", isLong: true), Literal("'", isLong: true), Literal("`")])
}

extension ShellLanguage {
  var syntax: CodeSyntax {
    switch self {
    case .python: .python
    case .scala: .scala
    case .sql: .sql
    case .r: .r
    }
  }
}
