// SPDX-License-Identifier: Apache-2.0

extension Checker {
  mutating func check(_ syntax: EnumSyntax, in scope: Scope) -> Enumeration {
    let options = checkOptions(syntax.options, of: .enumeration)
    let owner = "enum `\(syntax.name.text)`"
    var enumeration = Enumeration(
      name: scope.adding(syntax.name.text).typeName, range: syntax.name.range,
      documentation: documentation(syntax.comments, isDeprecated: options.isDeprecated))
    let reserved = Reservations(
      syntax.reserved, of: owner, bounds: Int64(Int32.min)...Int64(Int32.max),
      diagnostics: &diagnostics)
    if syntax.values.isEmpty, !syntax.isPartial {
      diagnostics.error(
        syntax.name.range, "\(owner) has no values",
        help: "write one with the number 0: it is what a field has that was not set")
    }
    if let first = syntax.values.first, first.number.value != 0, !syntax.isPartial {
      diagnostics.error(
        first.number.range, "the first value of \(owner) must have the number 0",
        help: "write 0, or a value such as `\(Self.zeroName(syntax)) = 0;` before it")
    }
    var taken: [Int32: NameSyntax] = [:]
    var hasAliases = false
    for value in syntax.values {
      let valueOptions = checkOptions(value.options, of: .enumerationValue)
      reserved.check(value.name, diagnostics: &diagnostics)
      guard let number = checkedNumber(value, reserved, owner) else { continue }
      let earlier = taken[number]
      if let earlier, options.allowAlias != true {
        diagnostics.error(
          value.number.range, "number \(number) is taken by `\(earlier.text)`",
          help: "write another one, or `option allow_alias = true;` if both mean the same",
          notes: [Diagnostic.Note(range: earlier.range, message: "first used here")])
      }
      hasAliases = hasAliases || earlier != nil
      taken[number] = earlier ?? value.name
      enumeration.values.append(
        EnumerationValue(
          name: value.name.text, range: value.name.range, number: number,
          documentation: documentation(value.comments, isDeprecated: valueOptions.isDeprecated),
          isAlias: earlier != nil))
    }
    if !hasAliases, let range = options.allowAliasRange {
      diagnostics.error(
        range,
        options.allowAlias == true
          ? "\(owner) allows aliases but has none" : "to allow no aliases is the rule",
        help: "remove `allow_alias`")
    }
    checkNames(of: enumeration)
    return enumeration
  }

  /// Many languages leave the enum's name out of its values' names, and have their own way with
  /// capitals: what then is one name must not be two numbers.
  private mutating func checkNames(of enumeration: Enumeration) {
    var seen: [String: EnumerationValue] = [:]
    for value in enumeration.values {
      let key = NameFolding.enumValue(value.name, of: enumeration.name.last)
      guard let earlier = seen[key] else {
        seen[key] = value
        continue
      }
      if earlier.number == value.number || earlier.name == value.name { continue }
      diagnostics.error(
        value.range,
        "`\(value.name)` differs from `\(earlier.name)` only in capitals, underscores or the "
          + "enum's name before it",
        help: "choose another name: other languages would have two values of one name",
        notes: [Diagnostic.Note(range: earlier.range, message: "the other one")])
    }
  }

  private mutating func checkedNumber(
    _ value: EnumValueSyntax, _ reserved: Reservations, _ owner: String
  ) -> Int32? {
    guard let wide = value.number.value, let number = Int32(exactly: wide) else {
      diagnostics.error(
        value.number.range, "an enum's number is one of \(Int32.min) to \(Int32.max)",
        help: "write a smaller one")
      return nil
    }
    if let range = reserved.range(of: wide) {
      diagnostics.error(
        value.number.range, "number \(wide) is reserved in \(owner)",
        help: "write one that was never used",
        notes: [Diagnostic.Note(range: range, message: "reserved here")])
      return nil
    }
    return number
  }

  /// `InterpreterState` becomes `INTERPRETER_STATE_UNSPECIFIED`, as protobuf's style guide has it.
  private static func zeroName(_ syntax: EnumSyntax) -> String {
    WordSplitter.words(of: syntax.name.text).map { $0.uppercased() }.joined(separator: "_")
      + "_UNSPECIFIED"
  }
}
