// SPDX-License-Identifier: Apache-2.0

/// Makes the extension of a message that measures, writes, reads and describes it.
struct CodingTranslator {
  let names: SwiftNames
  let visibility: SwiftVisibility
  let message: Message

  /// What a statement takes of a message that its field keeps in a box.
  enum Access {
    case message, box
  }

  /// What five levels of indentation leave of a line.
  private static let memberColumnsMax = SwiftPrinter.widthMax - 5 * SwiftPrinter.indentWidth

  func translate() -> SwiftDeclaration {
    .type(
      SwiftType(
        keyword: "extension", name: names.type(message.name),
        members: [.variable(encodedSize), .function(encode), .function(merge), .function(describe)])
    )
  }

  // MARK: Writing

  private var encodedSize: SwiftVariable {
    SwiftVariable(
      keyword: "\(visibility.prefix)var", name: "encodedSize", type: "Int",
      getter: [.line("var size = MessageSize()")] + visits("size", .box)
        + [.line("size.unknown(unknownFields)"), .line("return size.bytes")])
  }

  private var encode: SwiftFunction {
    SwiftFunction(
      head: "\(visibility.prefix)func encode",
      parameters: [SwiftParameter(name: "into writer", type: "inout MessageWriter")],
      body: visits("writer", .box) + [.line("writer.unknown(unknownFields)")])
  }

  /// A statement for each field in order of the numbers, to a writer or to what measures.
  func visits(_ target: String, _ access: Access = .message) -> [SwiftStatement] {
    let fields = message.fields.sorted { $0.number < $1.number }
    var statements: [SwiftStatement] = []
    var index = 0
    while index < fields.count {
      let field = fields[index]
      guard case .member(let oneof) = field.cardinality else {
        statements.append(visit(field, target, access))
        index += 1
        continue
      }
      let run = fields[index...].prefix { $0.cardinality == field.cardinality }
      let isWhole = run.count == fields.count { $0.cardinality == field.cardinality }
      statements += members(Array(run), oneof: oneof, isWhole: isWhole, target)
      index += run.count
    }
    return statements
  }

  private func visit(_ field: Field, _ target: String, _ access: Access) -> SwiftStatement {
    let coding = names.coding(field.type)
    let verb: String
    var codings = ["as: \(coding).self"]
    switch field.cardinality {
    case .singular: verb = "singular"
    case .optional: verb = "optional"
    case .repeated: verb = "repeated"
    case .packed: verb = "packed"
    case .map(let key):
      verb = "map"
      codings = ["key: \(key.coding).self", "value: \(coding).self"]
    case .member: verb = "member"
    }
    return .call(
      before: "",
      .call(
        "\(target).\(verb)",
        [SwiftSpelling.number(field.number), reference(field, access)] + codings))
  }

  /// Fields of one oneof, with no other field's number between them. If they are all of its fields,
  /// one `switch` does.
  private func members(
    _ fields: [Field], oneof: Int, isWhole: Bool, _ target: String
  ) -> [SwiftStatement] {
    let property = reference(message.oneofs[oneof].name)
    if isWhole, fields.count > 1 {
      let cases = fields.map { field in
        SwiftCase(
          pattern: "case .\(SwiftSpelling.oneofCase(field.name))(let value)",
          body: [member(field, target)])
      }
      return [.select(property, cases + [SwiftCase(pattern: "case nil", body: [.line("break")])])]
    }
    return fields.map { field in
      .block(
        "if case .\(SwiftSpelling.oneofCase(field.name))(let value) = \(property)",
        [member(field, target)])
    }
  }

  private func member(_ field: Field, _ target: String) -> SwiftStatement {
    .call(
      before: "",
      .call(
        "\(target).member",
        [SwiftSpelling.number(field.number), "value", "as: \(names.coding(field.type)).self"]))
  }

  // MARK: Reading

  private var merge: SwiftFunction {
    let unknown = SwiftStatement.line("try reader.unknown(tag, into: &unknownFields)")
    let cases = message.fields.sorted { $0.number < $1.number }.flatMap(reads)
    return SwiftFunction(
      head: "\(visibility.prefix)mutating func merge",
      parameters: [SwiftParameter(name: "from reader", type: "inout MessageReader")],
      effects: "throws(CodecError)",
      body: [
        .block(
          "while let tag = try reader.nextTag()",
          cases.isEmpty
            ? [unknown]
            : [.select("tag", cases + [SwiftCase(pattern: "default", body: [unknown])])])
      ])
  }

  /// A case for each form in which a field may come: lists of numbers come packed or not.
  private func reads(_ field: Field) -> [SwiftCase] {
    let tag = Int(field.number) << 3 | Int(field.type.wireType)
    let delimited = Int(field.number) << 3 | 2
    let coding = "as: \(names.coding(field.type)).self"
    let target = "&\(reference(field, .box))"
    switch field.cardinality {
    case .singular: return [read(tag, "singular", [target, coding])]
    case .optional: return [read(tag, "optional", [target, coding])]
    case .repeated, .packed:
      let single = read(tag, "repeated", [target, coding])
      guard field.type.isPackable else { return [single] }
      return [single, read(delimited, "packed", [target, coding])]
    case .map(let key):
      let codings = ["key: \(key.coding).self", "value: \(names.coding(field.type)).self"]
      return [read(delimited, "map", [target] + codings)]
    case .member(let oneof): return [member(field, oneof, tag)]
    }
  }

  private func read(_ tag: Int, _ verb: String, _ arguments: [String]) -> SwiftCase {
    SwiftCase(
      pattern: "case \(SwiftSpelling.number(tag))",
      body: [.call(before: "try ", .call("reader.\(verb)", arguments))])
  }

  private func member(_ field: Field, _ oneof: Int, _ tag: Int) -> SwiftCase {
    let property = reference(message.oneofs[oneof].name)
    let name = SwiftSpelling.oneofCase(field.name)
    let coding = "as: \(names.coding(field.type)).self"
    guard field.type.isMessage else {
      return SwiftCase(
        pattern: "case \(SwiftSpelling.number(tag))",
        body: assignment(of: "\(property) = .\(name)", [coding]))
    }
    // A message merges into the one that came before it, if that was the same member. That one is
    // taken out: while two had it, each merge would copy all of its lists.
    return SwiftCase(
      pattern: "case \(SwiftSpelling.number(tag))",
      body: [
        .line("var earlier: \(names.swiftType(field.type))?"),
        .block("if case .\(name)(let value) = \(property)", [.line("earlier = value")]),
        .line("\(property) = nil"),
      ] + assignment(of: "\(property) = .\(name)", ["merging: &earlier", coding]))
  }

  /// Gives a oneof the member that is read; in two steps where one has no room on its line.
  private func assignment(of target: String, _ arguments: [String]) -> [SwiftStatement] {
    let read = "try reader.member(\(arguments.joined(separator: ", ")))"
    if target.count + read.count + 2 <= Self.memberColumnsMax {
      return [.line("\(target)(\(read))")]
    }
    return [
      .call(before: "let value = try ", .call("reader.member", arguments)),
      .line("\(target)(value)"),
    ]
  }

  private func reference(_ field: Field, _ access: Access) -> String {
    guard access == .box, field.isBoxed, field.cardinality == .optional else {
      return reference(field.name)
    }
    return SwiftNames.boxed(SwiftSpelling.property(field.name))
  }

  /// A property, where a variable of the function may have its name.
  func reference(_ field: String) -> String {
    let name = SwiftSpelling.property(field)
    return SwiftKeywords.locals.contains(name) ? "self.\(name)" : name
  }
}
