// SPDX-License-Identifier: Apache-2.0

/// Makes a struct of a message, with the types inside of it, and an extension that reads and writes
/// it.
struct MessageTranslator {
  let names: SwiftNames
  let visibility: SwiftVisibility

  /// The struct, then the extensions of it and of all messages inside.
  func translate(_ message: Message) -> [SwiftDeclaration] {
    [.type(structure(message))] + codings(message)
  }

  private func structure(_ message: Message) -> SwiftType {
    let properties = Property.all(of: message, names: names)
    var members: [SwiftDeclaration] = properties.flatMap(declarations)
    members.append(
      .variable(
        SwiftVariable(
          keyword: "\(visibility.prefix)var", name: "unknownFields",
          value: .call("UnknownFields", []))))
    members.append(.function(SwiftFunction(head: "\(visibility.prefix)init", body: [])))
    if !properties.isEmpty { members.append(.function(initializer(properties))) }
    let oneofs = OneofTranslator(names: names, visibility: visibility)
    let enums = EnumTranslator(names: names, visibility: visibility)
    members += message.oneofs.indices.map { oneofs.translate($0, of: message) }
    members += message.enumerations.map(enums.translate)
    members += message.messages.map { .type(structure($0)) }
    return SwiftType(
      docs: message.documentation.docs, keyword: "\(visibility.prefix)struct",
      name: names.declared(message.name), inherits: ["WireMessage"], members: members)
  }

  private func codings(_ message: Message) -> [SwiftDeclaration] {
    [CodingTranslator(names: names, visibility: visibility, message: message).translate()]
      + message.messages.flatMap(codings)
  }

  private func declarations(_ property: Property) -> [SwiftDeclaration] {
    let keyword = "\(visibility.prefix)var"
    guard property.isBoxed else {
      return [
        .variable(
          SwiftVariable(
            docs: property.docs, keyword: keyword, name: property.name, type: property.type,
            value: property.value.map { .text($0) }))
      ]
    }
    let boxed = SwiftNames.boxed(property.name)
    return [
      .variable(
        SwiftVariable(
          keyword: "private var", name: boxed, type: "Boxed<\(property.bareType)>?")),
      .variable(
        SwiftVariable(
          docs: property.docs, keyword: keyword, name: property.name, type: property.type,
          getter: [.line("\(boxed)?.message")],
          setter: [.line("\(boxed) = newValue.map { Boxed($0) }")])),
    ]
  }

  private func initializer(_ properties: [Property]) -> SwiftFunction {
    SwiftFunction(
      head: "\(visibility.prefix)init",
      parameters: properties.map { property in
        SwiftParameter(
          name: property.name, type: property.type, value: property.value ?? "nil")
      },
      body: properties.map { .line("self.\($0.name) = \($0.name)") })
  }
}

/// A property of a message's struct: a field, or all fields of a oneof.
struct Property {
  var docs: [String]
  var name: String
  var type: String
  /// The type without the mark of an optional.
  var bareType: String
  /// Its default; an optional needs none.
  var value: String?
  var isBoxed = false

  /// In the order of the file; a oneof stands where its first field stands.
  static func all(of message: Message, names: SwiftNames) -> [Property] {
    var properties: [Property] = []
    var seen: Set<Int> = []
    for field in message.fields {
      if case .member(let index) = field.cardinality {
        guard seen.insert(index).inserted else { continue }
        properties.append(Property(message.oneofs[index], of: message, names: names))
      } else {
        properties.append(Property(field, names: names))
      }
    }
    return properties
  }

  private init(_ oneof: Oneof, of message: Message, names: SwiftNames) {
    docs = oneof.documentation.docs
    name = SwiftSpelling.property(oneof.name)
    bareType = names.oneofType(oneof, of: message)
    type = bareType + "?"
  }

  private init(_ field: Field, names: SwiftNames) {
    let single = names.swiftType(field.type)
    docs = field.documentation.docs
    name = SwiftSpelling.property(field.name)
    bareType = single
    switch field.cardinality {
    case .singular, .member:
      type = single
      value = names.defaultValue(field.type)
    case .optional:
      type = single + "?"
      isBoxed = field.isBoxed
    case .repeated, .packed:
      type = "[\(single)]"
      value = "[]"
    case .map(let key):
      type = "[\(key.swiftType): \(single)]"
      value = "[:]"
    }
  }
}

extension SwiftNames {
  func swiftType(_ type: FieldType) -> String {
    switch type {
    case .scalar(let scalar): scalar.swiftType
    case .enumeration(let name), .message(let name): self.type(name)
    }
  }

  /// The type in `WireCodec` that reads and writes it.
  func coding(_ type: FieldType) -> String {
    switch type {
    case .scalar(let scalar): scalar.coding
    case .enumeration(let name): "EnumField<\(self.type(name))>"
    case .message(let name): "MessageField<\(self.type(name))>"
    }
  }

  func defaultValue(_ type: FieldType) -> String {
    switch type {
    case .scalar(let scalar): scalar.swiftDefault
    case .enumeration(let name): zeroCases[name.full].map { ".\($0)" } ?? "\(self.type(name))()"
    case .message(let name): "\(self.type(name))()"
    }
  }
}
