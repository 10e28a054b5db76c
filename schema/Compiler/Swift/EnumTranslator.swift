// SPDX-License-Identifier: Apache-2.0

/// Makes a Swift enum of one of a schema: a case for each number, and one for all others.
struct EnumTranslator {
  let names: SwiftNames
  let visibility: SwiftVisibility

  func translate(_ enumeration: Enumeration) -> SwiftDeclaration {
    let cases = SwiftSpelling.enumCases(
      enumeration.values.map(\.name), of: enumeration.name.last)
    let values = zip(enumeration.values, cases).map { $0 }
    let primary = values.filter { !$0.0.isAlias }
    var members: [SwiftDeclaration] = primary.map { value, name in
      .enumCase(SwiftEnumCase(docs: value.documentation.docs, name: name))
    }
    members.append(
      .enumCase(
        SwiftEnumCase(
          docs: ["A number that the schema has no name for."], name: "unrecognized",
          payload: "Int32")))
    members += aliases(values)
    members += [initializer(primary), rawInitializer(primary), rawValue(primary)]
    return .type(
      SwiftType(
        docs: enumeration.documentation.docs, keyword: "\(visibility.prefix)enum",
        name: names.declared(enumeration.name), inherits: ["WireEnum"], members: members))
  }

  /// Names for numbers that have one already.
  private func aliases(_ values: [(EnumerationValue, String)]) -> [SwiftDeclaration] {
    // A second spelling that Swift spells as one that is there already needs no name of its own.
    var taken = Set(values.filter { !$0.0.isAlias }.map(\.1))
    return values.filter { $0.0.isAlias && taken.insert($0.1).inserted }.map { value, name in
      let first = values.first { $0.0.number == value.number }
      return .variable(
        SwiftVariable(
          docs: value.documentation.docs, keyword: "\(visibility.prefix)static let", name: name,
          value: .text("Self.\(first?.1 ?? name)")))
    }
  }

  private func initializer(_ values: [(EnumerationValue, String)]) -> SwiftDeclaration {
    .function(
      SwiftFunction(
        head: "\(visibility.prefix)init",
        body: [.line("self = .\(values.first?.1 ?? "unrecognized(0)")")]))
  }

  private func rawInitializer(_ values: [(EnumerationValue, String)]) -> SwiftDeclaration {
    let cases = values.map { value, name in
      SwiftCase(
        pattern: "case \(SwiftSpelling.number(value.number))", body: [.line("self = .\(name)")])
    }
    let other = SwiftCase(pattern: "default", body: [.line("self = .unrecognized(rawValue)")])
    return .function(
      SwiftFunction(
        head: "\(visibility.prefix)init",
        parameters: [SwiftParameter(name: "rawValue", type: "Int32")],
        body: [.select("rawValue", cases + [other])]))
  }

  private func rawValue(_ values: [(EnumerationValue, String)]) -> SwiftDeclaration {
    let cases = values.map { value, name in
      SwiftCase(pattern: "case .\(name)", body: [.line(SwiftSpelling.number(value.number))])
    }
    let other = SwiftCase(pattern: "case .unrecognized(let number)", body: [.line("number")])
    return .variable(
      SwiftVariable(
        keyword: "\(visibility.prefix)var", name: "rawValue", type: "Int32",
        getter: [.select("self", cases + [other])]))
  }
}
