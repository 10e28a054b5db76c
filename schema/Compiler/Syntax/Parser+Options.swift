// SPDX-License-Identifier: Apache-2.0

extension Parser {
  /// `option name = value;`
  mutating func optionStatement() throws(Unreadable) -> OptionSyntax {
    advance()
    let option = try option()
    try semicolon(after: "the option")
    return option
  }

  /// `[name = value, name = value]`, where it stands.
  mutating func bracketedOptions() throws(Unreadable) -> [OptionSyntax] {
    guard take(.bracketOpen) else { return [] }
    var options: [OptionSyntax] = []
    repeat { options.append(try option()) } while take(.comma)
    try expect(.bracketClose, "behind the options", help: "write `[name = value, other = value]`")
    return options
  }

  private mutating func option() throws(Unreadable) -> OptionSyntax {
    let name = try optionName()
    try expect(.equals, "behind the option's name", help: "write `\(name.text) = value`")
    let start = current.range
    let value = try optionValue()
    return OptionSyntax(name: name, value: value, valueRange: start.through(previous.range))
  }

  /// Names and names in parentheses, with dots between: `deprecated`, `(livy.secret)`, `(a.b).c`.
  private mutating func optionName() throws(Unreadable) -> NameSyntax {
    let start = current.range
    var text = ""
    repeat {
      if !text.isEmpty { text += "." }
      if take(.parenthesisOpen) {
        text += try "(" + path(of: "the option").text + ")"
        try expect(.parenthesisClose, "behind the option's name", help: "write `)` here")
      } else {
        text += try name(of: "the option").text
      }
    } while take(.dot)
    return NameSyntax(text: text, range: start.through(previous.range))
  }

  private mutating func optionValue() throws(Unreadable) -> OptionSyntax.Value {
    if isAt(.braceOpen) {
      skipBlock()
      return .aggregate
    }
    let isNegative = take(.minus)
    if isNegative || take(.plus) {
      switch current.kind {
      case .integer, .float, .identifier("inf"), .identifier("nan"): break
      case .identifier, .string, .symbol, .malformed, .end:
        throw fail("a number must stand behind the sign", help: "write one, or remove the sign")
      }
    }
    switch current.kind {
    case .identifier(let word):
      advance()
      return .name((isNegative ? "-" : "") + word)
    case .integer(let magnitude):
      advance()
      return .integer(magnitude.flatMap { Self.signed($0, isNegative: isNegative) })
    case .float(let value):
      advance()
      return .float(isNegative ? -value : value)
    case .string:
      return .string(try string("the value", help: "write it between quotes").text)
    case .symbol, .malformed, .end:
      throw fail(
        "the option's value must stand here", help: "write a name, a number, a string or `{ }`")
    }
  }
}
