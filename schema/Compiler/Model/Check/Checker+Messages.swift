// SPDX-License-Identifier: Apache-2.0

extension Checker {
  mutating func check(_ syntax: MessageSyntax, in scope: Scope) -> Message {
    let inner = scope.adding(syntax.name.text)
    let options = checkOptions(syntax.options, of: .message)
    var message = Message(
      name: inner.typeName, range: syntax.name.range,
      documentation: documentation(syntax.comments, isDeprecated: options.isDeprecated))
    let owner = "message `\(syntax.name.text)`"
    let reserved = Reservations(
      syntax.reserved, of: owner, bounds: 1...Int64(FieldNumbers.max), diagnostics: &diagnostics)
    message.reserved = reserved
    var numbers = FieldNumbers(owner: owner, reserved: reserved)
    var names = FieldNames()
    for member in syntax.members { numbers.willUse(member) }

    for member in syntax.members {
      switch member {
      case .field(let field):
        message.fields += check(field, in: inner, oneof: nil, &numbers, &names).map { [$0] } ?? []
      case .oneof(let oneof):
        checkOptions(oneof.options, of: .oneof)
        if oneof.fields.isEmpty, !oneof.isPartial {
          diagnostics.error(
            oneof.name.range, "oneof `\(oneof.name.text)` has no fields",
            help: "write at least one, or remove the oneof")
        }
        let index = message.oneofs.count
        message.oneofs.append(
          Oneof(
            name: oneof.name.text, range: oneof.name.range,
            documentation: documentation(oneof.comments)))
        for field in oneof.fields {
          message.fields +=
            check(field, in: inner, oneof: index, &numbers, &names).map { [$0] } ?? []
        }
      case .message(let nested): message.messages.append(check(nested, in: inner))
      case .enumeration(let nested): message.enumerations.append(check(nested, in: inner))
      }
    }
    return message
  }

  private mutating func check(
    _ syntax: FieldSyntax, in scope: Scope, oneof: Int?, _ numbers: inout FieldNumbers,
    _ names: inout FieldNames
  ) -> Field? {
    let number = numbers.take(syntax, diagnostics: &diagnostics)
    let options = checkOptions(syntax.options, of: .field)
    let jsonName = names.take(syntax.name, options.jsonName, diagnostics: &diagnostics)
    checkLabel(syntax, isInOneof: oneof != nil)
    guard let (type, key) = checkType(syntax, in: scope) else { return nil }
    let cardinality: Field.Cardinality
    if let oneof {
      cardinality = .member(oneof: oneof)
    } else if let key {
      cardinality = .map(key: key)
    } else if syntax.label == .repeated {
      cardinality = type.isPackable && options.isPacked ?? true ? .packed : .repeated
    } else {
      cardinality = syntax.label == .optional || type.isMessage ? .optional : .singular
    }
    if options.isPacked == true, let range = options.packedRange,
      !type.isPackable || syntax.label != .repeated
    {
      diagnostics.error(
        range, "only lists of numbers, bools and enums can be packed", help: "remove `packed`")
    }
    let isSecret = options.isSecret || SecretDirective.isAmong(syntax.comments)
    if !isSecret { warnOfMissedSecrets(syntax) }
    guard let number else { return nil }
    return Field(
      name: syntax.name.text, jsonName: jsonName, range: syntax.name.range, number: number,
      type: type, cardinality: cardinality,
      documentation: documentation(syntax.comments, isDeprecated: options.isDeprecated),
      isSecret: isSecret)
  }

  private mutating func warnOfMissedSecrets(_ syntax: FieldSyntax) {
    for line in syntax.comments.above + syntax.comments.behind
    where SecretDirective.isNearlyMeant(line.text) {
      diagnostics.warning(
        line.range, "field `\(syntax.name.text)` is not secret by this comment",
        help: "write `// \(SecretDirective.word)` and nothing else on the line")
    }
  }

  private mutating func checkLabel(_ syntax: FieldSyntax, isInOneof: Bool) {
    var isMap = false
    if case .map = syntax.type { isMap = true }
    if isInOneof, isMap {
      diagnostics.error(
        syntax.type.range, "a map cannot be in a oneof",
        help: "declare a message with the map in it, and a field of its type")
    }
    guard let label = syntax.label, let range = syntax.labelRange else { return }
    let word = label == .optional ? "optional" : "repeated"
    if isInOneof {
      diagnostics.error(
        range, "a field in a oneof cannot be `\(word)`",
        help: label == .optional
          ? "remove it: a oneof has presence as it is"
          : "declare a message with the list in it, and a field of its type")
    } else if isMap {
      diagnostics.error(range, "a map cannot be `\(word)`", help: "remove `\(word)`")
    }
  }

  /// The field's type, and that of the key if it is a map.
  private mutating func checkType(
    _ syntax: FieldSyntax, in scope: Scope
  ) -> (FieldType, ScalarType?)? {
    switch syntax.type {
    case .named(let name): return fieldType(name, in: scope).map { ($0, nil) }
    case .map(let key, let value, _):
      let valueType = fieldType(value, in: scope)
      guard let scalar = ScalarType(rawValue: key.text), scalar.isKey else {
        diagnostics.error(
          key.range, "a map's key cannot have the type `\(key.text)`",
          help: "write a whole number's type, `bool` or `string`")
        return nil
      }
      return valueType.map { ($0, scalar) }
    }
  }

  private mutating func fieldType(_ name: NameSyntax, in scope: Scope) -> FieldType? {
    if let scalar = ScalarType(rawValue: name.text) { return .scalar(scalar) }
    guard let symbol = find(name, in: scope) else { return nil }
    switch symbol.kind {
    case .message(let type): return .message(type)
    case .enumeration(let type): return .enumeration(type)
    case .package, .service, .leaf:
      diagnostics.error(
        name.range, "`\(name.text)` is \(symbol.kind.words), not a type",
        help: "write the name of a message or an enum",
        notes: [Diagnostic.Note(range: symbol.range, message: "declared here")])
      return nil
    }
  }
}

extension FieldType {
  var isPackable: Bool {
    switch self {
    case .scalar(let scalar): scalar.isPackable
    case .enumeration: true
    case .message: false
    }
  }

  var isMessage: Bool {
    switch self {
    case .message: true
    case .scalar, .enumeration: false
    }
  }
}
