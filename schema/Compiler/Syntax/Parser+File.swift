// SPDX-License-Identifier: Apache-2.0

extension Parser {
  mutating func parseFile() {
    while current.kind != .end {
      readOne { (parser) throws(Unreadable) in try parser.topLevelStatement() }
    }
    let comments = tokens.flatMap { $0.leading + $0.trailing }.flatMap(\.text)
    file.commentsWithoutMethod = comments.filter { !methodComments.contains($0.range) }
    file.commentsWithoutField = comments.filter { !fieldComments.contains($0.range) }
  }

  private mutating func topLevelStatement() throws(Unreadable) {
    guard case .identifier(let word) = current.kind else {
      if take(.semicolon) { return }
      if isAt(.braceClose) {
        diagnostics.error(
          current.range, "this brace closes nothing", help: "remove it, or look for a `}` above")
        advance()
        return
      }
      file.isPartial = true
      throw fail("a declaration must stand here", help: Self.topLevelHelp)
    }
    switch word {
    case "syntax": try syntaxStatement()
    case "package": try packageStatement()
    case "import": try importStatement()
    case "option": file.options.append(try optionStatement())
    case "message": file.declarations.append(.message(try message()))
    case "enum": file.declarations.append(.enumeration(try enumeration()))
    case "service": file.declarations.append(.service(try service()))
    case "edition":
      diagnostics.error(
        current.range, "editions are not supported", help: "write `syntax = \"proto3\";`")
      file.syntax = file.syntax ?? NameSyntax(text: word, range: current.range)
      throw Unreadable()
    case "extend":
      diagnostics.error(
        current.range, "extensions are not supported: they belong to proto2",
        help: "write the fields into the message itself")
      throw Unreadable()
    default:
      file.isPartial = true
      diagnostics.error(
        current.range, "`\(word)` begins no declaration",
        help: Suggestion.nearest(
          to: word, among: ["syntax", "package", "import", "option", "message", "enum", "service"]
        ).map { "did you mean `\($0)`?" } ?? Self.topLevelHelp)
      throw Unreadable()
    }
  }

  private static let topLevelHelp =
    "a file holds `syntax`, `package`, `import`, `option`, `message`, `enum` and `service`"

  private mutating func syntaxStatement() throws(Unreadable) {
    let start = current.range
    advance()
    try expect(.equals, "behind `syntax`", help: "write `syntax = \"proto3\";`")
    let text = try string("the syntax", help: "write `\"proto3\"`")
    if file.syntax != nil {
      diagnostics.error(start, "`syntax` stands here for the second time", help: "remove it")
    } else if file.package != nil || !file.declarations.isEmpty || !file.imports.isEmpty
      || !file.options.isEmpty
    {
      diagnostics.error(start, "`syntax` must be the first statement", help: "move it to the top")
    }
    file.syntax = file.syntax ?? text
    if text.text != "proto3" {
      diagnostics.error(
        text.range, "syntax \"\(text.text.prefix(40))\" is not supported",
        help: "write \"proto3\"; it has no `required`, groups, extensions and default values")
    }
    try semicolon(after: "the syntax")
  }

  private mutating func packageStatement() throws(Unreadable) {
    let start = current.range
    advance()
    if isAt(.dot) { throw fail("the name of the package must stand here", help: "remove the dot") }
    let name = try path(of: "the package")
    if file.package != nil {
      diagnostics.error(
        start.through(name.range), "`package` stands here for the second time", help: "remove it")
    }
    file.package = file.package ?? name
    try semicolon(after: "the package")
  }

  private mutating func importStatement() throws(Unreadable) {
    advance()
    let modifier = current.range
    let isPublic = take("public")
    if !isPublic, take("weak") {
      diagnostics.error(modifier, "weak imports are not supported", help: "remove `weak`")
    }
    let path = try string("the file to import", help: "write its path between quotes")
    file.imports.append(ImportSyntax(path: path, isPublic: isPublic))
    try semicolon(after: "the import")
  }

  /// A string, or several that are joined, as text.
  mutating func string(_ thing: String, help: String) throws(Unreadable) -> NameSyntax {
    let start = current.range
    var bytes: [UInt8] = []
    guard case .string = current.kind else {
      throw fail("\(thing) must stand here as a string", help: help)
    }
    while case .string(let part) = current.kind {
      bytes += part
      advance()
    }
    return NameSyntax(
      text: String(decoding: bytes, as: UTF8.self), range: start.through(previous.range))
  }
}
