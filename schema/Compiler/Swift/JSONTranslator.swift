// SPDX-License-Identifier: Apache-2.0

/// Whether messages can be read from JSON and written to it.
package enum JSONCode: Sendable {
  case none
  /// In a file of its own beside the one with the messages.
  case beside
}

/// Makes the file with the JSON of a checked file's messages and enums: extensions that conform
/// them to `JSONMessage` and `JSONEnum`.
struct JSONTranslator {
  let names: SwiftNames
  let visibility: SwiftVisibility

  func translate(_ file: SchemaFile) -> GeneratedFile {
    GeneratedFile(
      name: FileTranslator.fileName(for: file.path, suffix: ".json.swift"),
      text: SwiftPrinter.print(tree(of: file)))
  }

  private func tree(of file: SchemaFile) -> SwiftFile {
    return SwiftFile(
      header: FileTranslator.header(of: file, visibility),
      imports: modules(of: file),
      declarations: file.messages.flatMap(messages) + file.enumerations.map(enumeration))
  }

  private func modules(of file: SchemaFile) -> [String] {
    let usesWellKnown = file.messages.flatMap(\.usedTypes)
      .contains { names.wellKnown.contains($0.full) }
    return ["internal import WireCodec", "\(visibility.rawValue) import WireJSON"]
      + (usesWellKnown
        ? ["WireWellKnown", "WireWellKnownJSON"].map { "internal import \($0)" } : [])
  }

  /// The extension of a message, then those of the types inside of it.
  private func messages(_ message: Message) -> [SwiftDeclaration] {
    [self.message(message)] + message.enumerations.map(enumeration)
      + message.messages.flatMap(messages)
  }

  private func message(_ message: Message) -> SwiftDeclaration {
    let fields = message.fields.sorted { $0.number < $1.number }
    let known = fields.map { field in
      let schema = field.jsonName == field.name ? "" : ", \(Self.quoted(field.name))"
      return
        "JSONName(\(SwiftSpelling.number(field.number)), \(Self.quoted(field.jsonName))\(schema))"
    }
    return .type(
      SwiftType(
        keyword: "extension", name: names.type(message.name), inherits: ["JSONMessage"],
        members: [
          .variable(
            SwiftVariable(
              keyword: "\(visibility.prefix)static let", name: "jsonTypeName",
              value: .text(Self.quoted(message.name.full)))),
          .variable(
            SwiftVariable(
              keyword: "private static let", name: "jsonNames", type: "JSONNames",
              value: known.isEmpty ? .text("[]") : .list(known))),
          .function(encode(message)), .function(merge(message, fields)),
        ]))
  }

  private func encode(_ message: Message) -> SwiftFunction {
    let coding = CodingTranslator(names: names, visibility: visibility, message: message)
    return SwiftFunction(
      head: "\(visibility.prefix)func encodeJSON",
      parameters: [SwiftParameter(name: "into writer", type: "inout JSONWriter")],
      body: [.line("writer.begin(Self.jsonNames)")] + coding.visits("writer")
        + [.line("writer.end()")])
  }

  private func merge(_ message: Message, _ fields: [Field]) -> SwiftFunction {
    let skip = SwiftStatement.line("try reader.skipValue()")
    let cases = fields.map { read($0, of: message) }
    let loop =
      cases.isEmpty
      ? SwiftStatement.block("while try reader.nextField() != nil", [skip])
      : .block(
        "while let field = try reader.nextField()",
        [.select("field", cases + [SwiftCase(pattern: "default", body: [skip])])])
    return SwiftFunction(
      head: "\(visibility.prefix)mutating func mergeJSON",
      parameters: [SwiftParameter(name: "from reader", type: "inout JSONReader")],
      effects: "throws(JSONError)", body: [.line("try reader.begin(Self.jsonNames)"), loop])
  }

  private func read(_ field: Field, of message: Message) -> SwiftCase {
    let coding = CodingTranslator(names: names, visibility: visibility, message: message)
    let type = names.coding(field.type)
    let pattern = "case \(SwiftSpelling.number(field.number))"
    func call(_ verb: String, _ arguments: [String]) -> SwiftCase {
      let target = "&\(coding.reference(field.name))"
      return SwiftCase(
        pattern: pattern,
        body: [.call(before: "try ", .call("reader.\(verb)", [target] + arguments))])
    }
    switch field.cardinality {
    case .singular: return call("singular", ["as: \(type).self"])
    case .optional: return call("optional", ["as: \(type).self"])
    case .repeated, .packed: return call("repeated", ["as: \(type).self"])
    case .map(let key): return call("map", ["key: \(key.coding).self", "value: \(type).self"])
    case .member(let oneof):
      let property = coding.reference(message.oneofs[oneof].name)
      let name = SwiftSpelling.oneofCase(field.name)
      return SwiftCase(
        pattern: pattern,
        body: [
          .call(
            before: "let value = try ",
            .call("reader.member", ["beside: \(property)", "as: \(type).self"])),
          .line("if let value { \(property) = .\(name)(value) }"),
        ])
    }
  }

  private func enumeration(_ enumeration: Enumeration) -> SwiftDeclaration {
    .type(
      SwiftType(
        keyword: "extension", name: names.type(enumeration.name), inherits: ["JSONEnum"],
        members: [
          .variable(
            SwiftVariable(
              keyword: "\(visibility.prefix)static let", name: "jsonNames", type: "JSONEnumNames",
              value: .list(
                enumeration.values.map {
                  "\(Self.quoted($0.name)): \(SwiftSpelling.number($0.number))"
                })))
        ]))
  }

  /// As a literal of Swift; `json_name` may hold anything.
  private static func quoted(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value > 0x7E:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return "\"\(text)\""
  }
}
