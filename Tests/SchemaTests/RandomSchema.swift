// SPDX-License-Identifier: Apache-2.0

/// A schema that can be changed step by step and written as a file.
struct RandomSchema {
  struct Field {
    enum Label: Equatable {
      case singular
      case optional
      case repeated
      case map(key: String)
      case member(oneof: String)
    }

    var name: String
    var number: Int
    var type: String
    var label: Label
    var jsonName: String?
    var isLoose = false
  }

  struct Message {
    var name: String
    var fields: [Field] = []
    var reserved: [(number: Int, name: String)] = []
    /// Numbers and names that the schema or an earlier one had.
    var numberMax = 0
  }

  struct Value {
    var name: String
    var number: Int
  }

  struct Enumeration {
    var name: String
    var values: [Value]
    var reserved: [(number: Int, name: String)] = []
    var numberMax: Int
  }

  struct Method {
    var name: String
    var number: Int
    var request: String
    var response: String
    var streams: (request: Bool, response: Bool)
  }

  static let numbers = [
    "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64", "bool", "float", "double",
  ]

  var messages: [Message] = []
  var enums: [Enumeration] = []
  var methods: [Method] = []
  /// For names that were never used.
  var counter = 0

  init(_ random: inout SplitMix64) {
    for index in 0..<Int.random(in: 1...3, using: &random) {
      enums.append(
        Enumeration(
          name: "E\(index)",
          values: (0..<Int.random(in: 2...5, using: &random)).map {
            Value(name: "E\(index)_V\($0)", number: $0)
          }, numberMax: 5))
    }
    for index in 0..<Int.random(in: 2...4, using: &random) {
      messages.append(Message(name: "M\(index)"))
    }
    for index in messages.indices {
      for _ in 0..<Int.random(in: 1...8, using: &random) { addField(to: index, &random) }
    }
    for _ in 0..<Int.random(in: 0...3, using: &random) { addMethod(&random) }
  }

  mutating func freshName(_ prefix: String) -> String {
    counter += 1
    return "\(prefix)_\(counter)"
  }

  mutating func addField(to message: Int, _ random: inout SplitMix64) {
    messages[message].numberMax += Int.random(in: 1...3, using: &random)
    let number = messages[message].numberMax
    let types =
      Self.numbers + ["string", "bytes"] + enums.map(\.name) + messages.map(\.name)
    let type = types[Int.random(in: 0..<types.count, using: &random)]
    let oneofs = ["pick", "choice"]
    let keys = ["string", "int32", "bool", "fixed64"]
    let label: Field.Label =
      switch Int.random(in: 0..<8, using: &random) {
      case 0: .repeated
      case 1: .map(key: keys[Int.random(in: 0..<4, using: &random)])
      case 2, 3: .member(oneof: oneofs[Int.random(in: 0..<2, using: &random)])
      case 4: .optional
      default: .singular
      }
    let field = Field(name: freshName("f"), number: number, type: type, label: label)
    messages[message].fields.append(field)
  }

  mutating func addMethod(_ random: inout SplitMix64) {
    counter += 1
    methods.append(
      Method(
        name: "Do\(counter)", number: counter, request: messages[0].name,
        response: messages[messages.count - 1].name,
        streams: (Bool.random(using: &random), Bool.random(using: &random))))
  }

  // MARK: Text

  var text: String {
    var text = "syntax = \"proto3\";\n\npackage random;\n"
    for enumeration in enums {
      text += "\nenum \(enumeration.name) {\n" + Self.reserved(enumeration.reserved)
      for value in enumeration.values { text += "  \(value.name) = \(value.number);\n" }
      text += "}\n"
    }
    for message in messages {
      text += "\nmessage \(message.name) {\n" + Self.reserved(message.reserved)
      var oneofs: [String: [Field]] = [:]
      for field in message.fields {
        if case .member(let oneof) = field.label {
          oneofs[oneof, default: []].append(field)
        } else {
          text += "  \(Self.line(field))\n"
        }
      }
      for (oneof, fields) in oneofs.sorted(by: { $0.key < $1.key }) {
        text += "  oneof \(oneof) {\n"
        for field in fields { text += "    \(Self.line(field))\n" }
        text += "  }\n"
      }
      text += "}\n"
    }
    if methods.isEmpty { return text }
    text += "\nservice Works {\n"
    for method in methods {
      let (request, response) = method.streams
      text += "  // @method \(method.number)\n  rpc \(method.name)"
      text += "(\(request ? "stream " : "")\(method.request)) returns "
      text += "(\(response ? "stream " : "")\(method.response));\n"
    }
    return text + "}\n"
  }

  private static func reserved(_ items: [(number: Int, name: String)]) -> String {
    items.map { "  reserved \($0.number);\n  reserved \"\($0.name)\";\n" }.joined()
  }

  private static func line(_ field: Field) -> String {
    let head =
      switch field.label {
      case .singular, .member: field.type
      case .optional: "optional \(field.type)"
      case .repeated: "repeated \(field.type)"
      case .map(let key): "map<\(key), \(field.type)>"
      }
    var options: [String] = []
    if let json = field.jsonName { options.append("json_name = \"\(json)\"") }
    if field.isLoose { options.append("packed = false") }
    let tail = options.isEmpty ? "" : " [\(options.joined(separator: ", "))]"
    return "\(head) \(field.name) = \(field.number)\(tail);"
  }
}
