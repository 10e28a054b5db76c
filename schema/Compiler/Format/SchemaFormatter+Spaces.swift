// SPDX-License-Identifier: Apache-2.0

extension SchemaFormatter {
  /// Whether a space stands between two tokens of one line. Two tokens without one must not become
  /// another token.
  func needsSpace(between first: Token, _ second: Token) -> Bool {
    if case .symbol(let symbol) = second.kind, let needs = needsSpace(before: symbol, first) {
      return needs
    }
    guard case .symbol(let symbol) = first.kind else { return true }
    switch symbol {
    case .parenthesisOpen, .bracketOpen, .minus, .plus: return false
    case .angleOpen: return isInValue
    case .dot, .slash:
      if case .identifier = second.kind { return false }
      return true
    case .braceOpen, .braceClose, .bracketClose, .parenthesisClose, .angleClose, .semicolon, .comma,
      .equals, .colon:
      return true
    }
  }

  /// `nil` if the token before decides.
  private func needsSpace(before symbol: Token.Symbol, _ first: Token) -> Bool? {
    switch symbol {
    case .semicolon, .comma, .parenthesisClose, .bracketClose, .colon: return false
    case .angleClose: return isInValue
    case .angleOpen: return isInValue
    case .braceOpen: return true
    case .braceClose: return !isAt(.braceOpen, first)
    case .dot:
      guard case .identifier(let word) = first.kind else {
        return isAt(.parenthesisClose, first) ? false : nil
      }
      return isLabel(word)
    case .slash:
      if case .identifier = first.kind { return false }
      return true
    case .parenthesisOpen:
      guard case .identifier(let word) = first.kind else { return nil }
      return word == "returns" || (word == "option" && firstWord == "option")
    case .bracketOpen, .equals, .minus, .plus: return nil
    }
  }

  /// A name that begins with a dot follows, and not the next part of the same one.
  private func isLabel(_ word: String) -> Bool {
    word == "stream" || (["optional", "repeated"].contains(word) && firstWord == word)
  }
}
