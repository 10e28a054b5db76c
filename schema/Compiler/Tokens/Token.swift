// SPDX-License-Identifier: Apache-2.0

/// A word of the schema language.
package struct Token: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// A name or a keyword; the language reserves none.
    case identifier(String)
    /// A whole number; `nil` if it does not fit 64 bits.
    case integer(UInt64?)
    case float(Double)
    /// The bytes of a string, escapes resolved.
    case string([UInt8])
    case symbol(Symbol)
    /// What is no word of the language. It has been reported; nothing more needs to be said of it.
    case malformed
    /// The end of the file.
    case end
  }

  package enum Symbol: UInt8, Sendable {
    case braceOpen = 0x7B
    case braceClose = 0x7D
    case bracketOpen = 0x5B
    case bracketClose = 0x5D
    case parenthesisOpen = 0x28
    case parenthesisClose = 0x29
    case angleOpen = 0x3C
    case angleClose = 0x3E
    case semicolon = 0x3B
    case comma = 0x2C
    case dot = 0x2E
    case equals = 0x3D
    case minus = 0x2D
    case plus = 0x2B
    case colon = 0x3A
    case slash = 0x2F

    /// As it is written.
    package var text: String { String(UnicodeScalar(rawValue)) }
  }

  package var kind: Kind
  package var range: SourceRange
  /// Line of its first byte, from 0.
  package var line: Int
  /// Comments between the token before and this one, except for those that trail the token before.
  package var leading: [Comment] = []
  /// Comments behind this token on its own line.
  package var trailing: [Comment] = []
}

/// A comment, with its marks.
package struct Comment: Equatable, Sendable {
  package var range: SourceRange
  /// Lines of its first and its last byte, from 0.
  package var lines: ClosedRange<Int>
  /// Its words, line by line, without the marks.
  package var text: [CommentLine]
}

/// A line of a comment: its words, and where they stand.
package struct CommentLine: Equatable, Sendable {
  package var text: String
  package var range: SourceRange
}
