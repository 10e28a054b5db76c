// SPDX-License-Identifier: Apache-2.0

extension CodingTranslator {
  /// The function that shows a message to people, a statement for each field in the order of the
  /// file.
  var describe: SwiftFunction {
    var statements: [SwiftStatement] = []
    var seen: Set<Int> = []
    for field in message.fields {
      guard case .member(let oneof) = field.cardinality else {
        statements.append(shown(field))
        continue
      }
      if seen.insert(oneof).inserted { statements.append(shown(oneof)) }
    }
    return SwiftFunction(
      head: "\(visibility.prefix)func describe",
      parameters: [SwiftParameter(name: "to printer", type: "inout MessagePrinter")],
      body: statements + [.line("printer.unknown(unknownFields)")])
  }

  private func shown(_ field: Field) -> SwiftStatement {
    if field.isSecret { return secret(field) }
    let coding = names.coding(field.type)
    let single = ["as: \(coding).self"]
    let (verb, codings) =
      switch field.cardinality {
      case .singular: ("singular", single)
      case .optional: ("optional", single)
      case .repeated, .packed: ("repeated", single)
      case .map(let key): ("map", ["key: \(key.coding).self", "value: \(coding).self"])
      case .member: ("member", single)
      }
    var value = reference(field.name)
    if case .member = field.cardinality { value = "value" }
    return .call(before: "", .call("printer.\(verb)", [label(field), value] + codings))
  }

  private func shown(_ oneof: Int) -> SwiftStatement {
    let cases = message.fields.filter { $0.cardinality == .member(oneof: oneof) }.map { field in
      let name = SwiftSpelling.oneofCase(field.name)
      return SwiftCase(
        pattern: "case .\(name)\(field.isSecret ? "" : "(let value)")", body: [shown(field)])
    }
    return .select(
      reference(message.oneofs[oneof].name),
      cases + [SwiftCase(pattern: "case nil", body: [.line("break")])])
  }

  private func secret(_ field: Field) -> SwiftStatement {
    .call(before: "", .call("printer.secret", [label(field)]))
  }

  private func label(_ field: Field) -> String {
    "\"\(SwiftSpelling.bare(SwiftSpelling.property(field.name)))\""
  }
}
