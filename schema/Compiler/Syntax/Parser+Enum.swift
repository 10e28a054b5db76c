// SPDX-License-Identifier: Apache-2.0

extension Parser {
  mutating func enumeration() throws(Unreadable) -> EnumSyntax {
    try declared { (parser) throws(Unreadable) in try parser.enumDeclaration() }
  }

  private mutating func enumDeclaration() throws(Unreadable) -> EnumSyntax {
    let comments = leadingComments()
    advance()
    var enumeration = EnumSyntax(name: try name(of: "the enum"), comments: comments)
    if isAt(.braceOpen) { enumeration.comments.behind = current.trailing.flatMap(\.text) }
    let isComplete = try body(of: "enum `\(enumeration.name.text)`") {
      (parser) throws(Unreadable) in
      try parser.enumStatement(&enumeration)
    }
    enumeration.isPartial = !isComplete
    return enumeration
  }

  private mutating func enumStatement(_ enumeration: inout EnumSyntax) throws(Unreadable) {
    if take(.semicolon) { return }
    let isValue = token(ahead: 1).kind == .symbol(.equals)
    if isAt("option"), !isValue {
      enumeration.options.append(try optionStatement())
      return
    }
    if isAt("reserved"), !isValue {
      enumeration.reserved += try reserved()
      return
    }
    var comments = leadingComments()
    let name = try name(of: "the enum's value")
    try expect(.equals, "behind the value's name", help: "write a number: `\(name.text) = 0;`")
    let number = try number(
      of: "`\(name.text)`",
      help: "write one that no value of the enum ever had: `\(name.text) = 1;`")
    let options = try bracketedOptions()
    try semicolon(after: "`\(name.text)`")
    comments.behind = trailingComments()
    enumeration.values.append(
      EnumValueSyntax(name: name, number: number, options: options, comments: comments))
  }
}
