// SPDX-License-Identifier: Apache-2.0

extension Parser {
  mutating func message() throws(Unreadable) -> MessageSyntax {
    try declared { (parser) throws(Unreadable) in try parser.messageDeclaration() }
  }

  private mutating func messageDeclaration() throws(Unreadable) -> MessageSyntax {
    let comments = leadingComments()
    advance()
    var message = MessageSyntax(name: try name(of: "the message"), comments: comments)
    let owner = "message `\(message.name.text)`"
    guard nesting < limits.nestingMax else {
      diagnostics.error(
        message.name.range, "messages are nested deeper than \(limits.nestingMax)",
        help: "declare it outside of the others")
      throw Unreadable()
    }
    nesting += 1
    defer { nesting -= 1 }
    if isAt(.braceOpen) { message.comments.behind = current.trailing.flatMap(\.text) }
    try body(of: owner) { (parser) throws(Unreadable) in
      try parser.messageStatement(&message, owner)
    }
    return message
  }

  private mutating func messageStatement(
    _ message: inout MessageSyntax, _ owner: String
  ) throws(Unreadable) {
    if take(.semicolon) { return }
    guard case .identifier(let word) = current.kind else {
      if isAt(.dot) {
        message.members.append(.field(try field(of: owner)))
        return
      }
      throw fail("a field must stand here", help: "write `string name = 1;`")
    }
    switch word {
    case "message": message.members.append(.message(try self.message()))
    case "enum": message.members.append(.enumeration(try enumeration()))
    case "oneof": message.members.append(.oneof(try oneof()))
    case "option": message.options.append(try optionStatement())
    case "reserved": message.reserved += try reserved()
    case "extensions", "extend":
      diagnostics.error(
        current.range, "extensions are not supported: they belong to proto2",
        help: "write the fields into the message itself")
      throw Unreadable()
    default: message.members.append(.field(try field(of: owner)))
    }
  }

  private mutating func oneof() throws(Unreadable) -> OneofSyntax {
    let comments = leadingComments()
    advance()
    var oneof = OneofSyntax(name: try name(of: "the oneof"), comments: comments)
    let owner = "oneof `\(oneof.name.text)`"
    if isAt(.braceOpen) { oneof.comments.behind = current.trailing.flatMap(\.text) }
    let isComplete = try body(of: owner) { (parser) throws(Unreadable) in
      if parser.take(.semicolon) { return }
      if parser.isAt("option") {
        oneof.options.append(try parser.optionStatement())
      } else {
        oneof.fields.append(try parser.field(of: owner))
      }
    }
    oneof.isPartial = !isComplete
    return oneof
  }

  private mutating func field(of owner: String) throws(Unreadable) -> FieldSyntax {
    var comments = leadingComments()
    let (label, labelRange) = try label()
    let type = try type()
    let name = try name(of: "the field")
    try expect(
      .equals, "behind the field's name", help: equalsHelp(name, behind: type, label: label))
    let number = try number(
      of: "field `\(name.text)`", help: "write one that no field of \(owner) ever had")
    let options = try bracketedOptions()
    try semicolon(after: "field `\(name.text)`")
    comments.behind = trailingComments()
    for line in comments.above + comments.behind { fieldComments.insert(line.range) }
    return FieldSyntax(
      label: label, labelRange: labelRange, type: type, name: name, number: number,
      options: options, comments: comments)
  }

  /// What was probably meant where no `=` stands behind a field's name.
  private func equalsHelp(
    _ name: NameSyntax, behind type: TypeSyntax, label: FieldSyntax.Label?
  ) -> String {
    switch current.kind {
    case .integer(let number):
      return "write `\(name.text) = \(number.map(String.init) ?? "1")`"
    case .identifier:
      // What was read as the type is a mistyped word before it.
      guard label == nil, case .named(let word) = type,
        let meant = Suggestion.nearest(to: word.text, among: ["optional", "repeated"])
      else { break }
      return "did you mean `\(meant)`?"
    case .float, .string, .symbol, .malformed, .end: break
    }
    return "write a number: `\(name.text) = 1;`"
  }

  private static let labels: Set<String> = ["optional", "repeated", "required"]

  /// Whether a second label stands here, and not a type that is called so: a type and a name
  /// follow.
  private var isAtSecondLabel: Bool {
    guard case .identifier(let word) = current.kind, Self.labels.contains(word),
      case .identifier = token(ahead: 1).kind
    else { return false }
    switch token(ahead: 2).kind {
    case .identifier, .symbol(.dot), .symbol(.angleOpen): return true
    case .integer, .float, .string, .symbol, .malformed, .end: return false
    }
  }

  private mutating func label() throws(Unreadable) -> (FieldSyntax.Label?, SourceRange?) {
    // `repeated` and so on are labels only before a type; a type may have such a name, too.
    guard case .identifier(let word) = current.kind else { return (nil, nil) }
    let range = current.range
    switch word {
    case "optional":
      advance()
      if isAtSecondLabel { throw secondLabel() }
      return (.optional, range)
    case "repeated":
      advance()
      if isAtSecondLabel { throw secondLabel() }
      return (.repeated, range)
    case "required":
      diagnostics.error(
        range, "`required` is not supported: it belongs to proto2",
        help: "remove it; a field that is not set has its default")
      advance()
      return (nil, nil)
    default: return (nil, nil)
    }
  }

  private mutating func secondLabel() -> Unreadable {
    diagnostics.error(
      previous.range.through(current.range), "a field has one label, not two",
      help: "write `repeated` for a list, `optional` for one value that can be absent")
    return Unreadable()
  }

  /// `group Name = 1 {`, perhaps with options before the brace. A field may have a type that is
  /// called `group`, but its name does not begin with a capital.
  private var isAtGroup: Bool {
    guard isAt("group"), case .identifier(let name) = token(ahead: 1).kind,
      token(ahead: 2).kind == .symbol(.equals)
    else { return false }
    let next = token(ahead: 4).kind
    return next == .symbol(.braceOpen)
      || (next == .symbol(.bracketOpen) && name.first?.isUppercase == true)
  }

  private mutating func type() throws(Unreadable) -> TypeSyntax {
    if isAtGroup {
      diagnostics.error(
        current.range, "groups are not supported: they belong to proto2",
        help: "declare a message and a field of its type")
      throw Unreadable()
    }
    guard isAt("map"), token(ahead: 1).kind == .symbol(.angleOpen) else {
      return .named(try path(of: "the field's type"))
    }
    let start = current.range
    advance()
    advance()
    let key = try path(of: "the key's type")
    try expect(.comma, "between the types of key and value", help: "write `map<string, int32>`")
    let value = try path(of: "the value's type")
    try expect(.angleClose, "behind the value's type", help: "write `map<string, int32>`")
    return .map(key: key, value: value, range: start.through(previous.range))
  }

  /// `reserved 2, 9 to 11, 40 to max;` or `reserved "name", "other";`
  mutating func reserved() throws(Unreadable) -> [ReservedSyntax] {
    advance()
    var items: [ReservedSyntax] = []
    repeat {
      if case .string = current.kind {
        if case .numbers = items.last { throw mixedReserved() }
        items.append(.name(try string("a reserved name", help: "write it between quotes")))
      } else if case .identifier(let word) = current.kind {
        throw fail("a reserved name must stand between quotes", help: "write \"\(word)\"")
      } else {
        if case .name = items.last { throw mixedReserved() }
        items.append(try reservedNumbers())
      }
    } while take(.comma)
    try semicolon(after: "the reserved items")
    return items
  }

  private mutating func mixedReserved() -> Unreadable {
    fail(
      "numbers and names are not reserved by one statement",
      help: "end this one with `;`, and write another `reserved`")
  }

  private mutating func reservedNumbers() throws(Unreadable) -> ReservedSyntax {
    let help = "write numbers (`2, 9 to 11, 40 to max`) or names (`\"name\"`)"
    let first = try number(of: "a reserved item", help: help)
    guard take("to") else { return .numbers(first: first, last: first) }
    if take("max") { return .numbers(first: first, last: nil) }
    return .numbers(first: first, last: try number(of: "a reserved item", help: help))
  }
}
