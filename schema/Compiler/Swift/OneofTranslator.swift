// SPDX-License-Identifier: Apache-2.0

/// Makes an enum of a oneof: a case with a payload for each of its fields.
struct OneofTranslator {
  let names: SwiftNames
  let visibility: SwiftVisibility

  func translate(_ index: Int, of message: Message) -> SwiftDeclaration {
    let fields = message.fields.filter { $0.cardinality == .member(oneof: index) }
    // Where every case is indirect, the enum is.
    let isIndirect = fields.allSatisfy(\.isBoxed)
    let cases = fields.map { field in
      SwiftDeclaration.enumCase(
        SwiftEnumCase(
          docs: field.documentation.docs, isIndirect: field.isBoxed && !isIndirect,
          name: SwiftSpelling.oneofCase(field.name), payload: names.swiftType(field.type)))
    }
    let oneof = message.oneofs[index]
    let hasSecret = fields.contains(where: \.isSecret)
    return .type(
      SwiftType(
        docs: oneof.documentation.docs,
        keyword: "\(visibility.prefix)\(isIndirect ? "indirect " : "")enum",
        name: names.oneofType(oneof, of: message),
        inherits: ["Hashable", "Sendable"] + (hasSecret ? ["CustomStringConvertible"] : []),
        members: cases + (hasSecret ? [description(oneof, of: message)] : [])))
  }

  /// That of a message with nothing but the oneof, which knows what is secret. Without it Swift
  /// would show the member's value.
  private func description(_ oneof: Oneof, of message: Message) -> SwiftDeclaration {
    let property = SwiftSpelling.property(oneof.name)
    return .variable(
      SwiftVariable(
        keyword: "\(visibility.prefix)var", name: "description", type: "String",
        getter: [.line("\(names.type(message.name))(\(property): self).description")]))
  }
}
