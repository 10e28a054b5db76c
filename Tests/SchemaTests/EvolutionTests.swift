// SPDX-License-Identifier: Apache-2.0

internal import SchemaCompiler
internal import Testing

/// Schemas that change at random, by steps of which it is known whether old peers survive them.
struct EvolutionTests {
  @Test("The ledger takes each safe step, and refuses each unsafe one", arguments: 0..<8)
  func verdicts(part: Int) throws {
    var counts: [String: Int] = [:]
    for seed in 0..<150 {
      var random = SplitMix64(seed: UInt64(part * 1000 + seed))
      var schema = RandomSchema(&random)
      var ledger = try #require(compare(schema, nil).text)
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        var next = schema
        guard let step = take(SafeStep.allCases, of: &next, &random) else { continue }
        let run = compare(next, ledger)
        #expect(!run.diagnostics.hasErrors, "seed \(seed), \(step): \(run.report)\n\(next.text)")
        counts[step, default: 0] += 1
        schema = next
        ledger = run.text ?? ledger
      }
      for _ in 0..<4 {
        var next = schema
        guard let step = take(UnsafeStep.allCases, of: &next, &random) else { continue }
        let compilation = Compilation(text: next.text)
        #expect(compilation.errors == [], "seed \(seed), \(step)\n\(next.text)")
        let run = compare(next, ledger)
        #expect(run.text == nil, "seed \(seed), \(step) was taken\n\(ledger)\n\(next.text)")
        counts[step, default: 0] += 1
      }
    }
    for step in SafeStep.allCases.map({ "\($0)" }) + UnsafeStep.allCases.map({ "\($0)" }) {
      #expect(counts[step, default: 0] > 0, "\(step) never came up")
    }
  }

  private func compare(_ schema: RandomSchema, _ ledger: String?) -> LedgerRun {
    Compilation(text: schema.text).ledger(
      previous: ledger.map { SourceFile(path: "l", text: $0) })
  }

  /// Takes one of the steps that the schema has room for, and returns its name.
  private func take<Step: EvolutionStep>(
    _ steps: [Step], of schema: inout RandomSchema, _ random: inout SplitMix64
  ) -> String? {
    for step in steps.shuffled(using: &random) where step.change(&schema, &random) {
      return "\(step)"
    }
    return nil
  }
}

/// A step returns false, and changes nothing, if the schema has no room for it.
private protocol EvolutionStep: Sendable {
  func change(_ schema: inout RandomSchema, _ random: inout SplitMix64) -> Bool
}

/// Old peers read new messages, and new ones old messages.
private enum SafeStep: EvolutionStep, CaseIterable {
  case addField, removeField, renameField, gainPresence, losePresence, relatedType, loosen,
    listOfText
  case enterNewOneof, leaveOneof, addValue, removeValue, addMethod, addMessage, reorder

  func change(_ schema: inout RandomSchema, _ random: inout SplitMix64) -> Bool {
    switch self {
    case .addField:
      schema.addField(to: Int.random(in: 0..<schema.messages.count, using: &random), &random)
      return true
    case .removeField:
      return schema.changeMessage(&random) { message, index in
        let field = message.fields.remove(at: index)
        message.reserved.append((field.number, field.name))
        return true
      }
    case .renameField:
      let name = schema.freshName("renamed")
      return schema.changeField(&random) { field, _ in
        field.jsonName = field.jsonName ?? field.spelledInJSON
        field.name = name
        return true
      }
    case .gainPresence:
      return schema.changeField(&random) { field, isMessage in
        guard field.label == .singular, !isMessage else { return false }
        field.label = .optional
        return true
      }
    case .losePresence:
      return schema.changeField(&random) { field, isMessage in
        guard field.label == .optional, !isMessage else { return false }
        field.label = .singular
        return true
      }
    case .relatedType:
      let related = [
        "int32": "uint64", "uint64": "bool", "bool": "int32", "sint32": "sint64",
        "sint64": "sint32", "fixed32": "sfixed32", "sfixed64": "fixed64", "string": "bytes",
        "bytes": "string", "E0": "int64",
      ]
      return schema.changeField(&random) { field, _ in
        guard let type = related[field.type] else { return false }
        field.type = type
        return true
      }
    case .loosen:
      return schema.changeField(&random) { field, _ in
        guard field.label == .repeated, RandomSchema.numbers.contains(field.type) else {
          return false
        }
        field.isLoose.toggle()
        return true
      }
    case .listOfText:
      return schema.changeField(&random) { field, _ in
        guard ["string", "bytes"].contains(field.type) else { return false }
        switch field.label {
        case .singular, .optional: field.label = .repeated
        case .repeated: field.label = .singular
        case .map, .member: return false
        }
        return true
      }
    case .enterNewOneof:
      let oneof = schema.freshName("fresh")
      return schema.changeField(&random) { field, _ in
        guard field.label == .optional else { return false }
        field.label = .member(oneof: oneof)
        return true
      }
    case .leaveOneof:
      return schema.changeMessage(&random) { message, index in
        guard case .member = message.fields[index].label, message.hasAlone(index) else {
          return false
        }
        message.fields[index].label = .optional
        return true
      }
    case .addValue:
      let name = schema.freshName("E_NEW")
      return schema.changeEnum(&random) { enumeration, _ in
        enumeration.numberMax += 1
        enumeration.values.append(.init(name: name, number: enumeration.numberMax))
        return true
      }
    case .removeValue:
      return schema.changeEnum(&random) { enumeration, index in
        guard index > 0 else { return false }
        let value = enumeration.values.remove(at: index)
        enumeration.reserved.append((value.number, value.name))
        return true
      }
    case .addMethod:
      schema.addMethod(&random)
      return true
    case .addMessage:
      schema.messages.append(.init(name: schema.freshName("New")))
      return true
    case .reorder:
      schema.messages.shuffle(using: &random)
      for index in schema.messages.indices {
        schema.messages[index].fields.shuffle(using: &random)
      }
      schema.methods.shuffle(using: &random)
      return true
    }
  }
}

/// Some message of an old or a new peer would be read as something that it is not.
private enum UnsafeStep: EvolutionStep, CaseIterable {
  case renumberField, retypeField, renameField, removeField, reuseField, listOfNumbers, keyOfMap
  case enterOneof, leaveOneof, renumberValue, renameValue, removeValue, removeMethod, reuseMethod
  case retypeMethod, streamMethod

  func change(_ schema: inout RandomSchema, _ random: inout SplitMix64) -> Bool {
    let fresh = schema.freshName("other")
    switch self {
    case .renumberField:
      return schema.changeMessage(&random) { message, index in
        message.fields[index].number = message.numberMax + 1
        return true
      }
    case .retypeField:
      return schema.changeField(&random) { field, isMessage in
        let others = [
          "int32": "sint32", "string": "double", "bytes": "int32", "double": "fixed64",
          "float": "fixed32", "bool": "string", "fixed32": "fixed64", "E0": "bool", "M0": "M1",
        ]
        guard let type = others[field.type] else { return false }
        field.type = type
        return true
      }
    case .renameField:
      return schema.changeField(&random) { field, _ in
        field.name = fresh
        field.jsonName = nil
        return true
      }
    case .removeField:
      return schema.changeMessage(&random) { message, index in
        message.fields.remove(at: index)
        return true
      }
    case .reuseField:
      return schema.changeMessage(&random) { message, _ in
        guard let gone = message.reserved.popLast() else { return false }
        message.fields.append(
          .init(name: fresh, number: gone.number, type: "string", label: .singular))
        return true
      }
    case .listOfNumbers:
      return schema.changeField(&random) { field, _ in
        guard RandomSchema.numbers.contains(field.type) else { return false }
        switch field.label {
        case .singular, .optional: field.label = .repeated
        case .repeated: field.label = .singular
        case .map, .member: return false
        }
        field.isLoose = false
        return true
      }
    case .keyOfMap:
      return schema.changeField(&random) { field, _ in
        guard case .map(let key) = field.label else { return false }
        field.label = .map(key: key == "string" ? "int64" : "string")
        return true
      }
    case .enterOneof:
      return schema.changeMessage(&random) { message, index in
        let members = message.fields.compactMap { field in
          if case .member(let oneof) = field.label { oneof } else { nil }
        }
        switch message.fields[index].label {
        case .singular, .optional: break
        case .repeated, .map, .member: return false
        }
        guard let oneof = members.first else { return false }
        message.fields[index].label = .member(oneof: oneof)
        return true
      }
    case .leaveOneof:
      return schema.changeMessage(&random) { message, index in
        guard case .member = message.fields[index].label, !message.hasAlone(index) else {
          return false
        }
        message.fields[index].label = .optional
        return true
      }
    case .renumberValue:
      return schema.changeEnum(&random) { enumeration, index in
        guard index > 0 else { return false }
        enumeration.values[index].number = enumeration.numberMax + 1
        return true
      }
    case .renameValue:
      return schema.changeEnum(&random) { enumeration, index in
        enumeration.values[index].name = "E_" + fresh.uppercased()
        return true
      }
    case .removeValue:
      return schema.changeEnum(&random) { enumeration, index in
        guard index > 0 else { return false }
        enumeration.values.remove(at: index)
        return true
      }
    case .removeMethod: return schema.methods.popLast() != nil
    case .reuseMethod: return schema.changeMethod { $0.name = fresh }
    case .retypeMethod:
      let other = schema.messages.map(\.name)
      return schema.changeMethod { method in
        method.request = other.first { $0 != method.request } ?? method.request
      }
    case .streamMethod: return schema.changeMethod { $0.streams.response.toggle() }
    }
  }
}

extension RandomSchema {
  /// Changes a field of the first message at which `change` succeeds.
  fileprivate mutating func changeMessage(
    _ random: inout SplitMix64, _ change: (inout Message, _ field: Int) -> Bool
  ) -> Bool {
    for message in messages.indices.shuffled(using: &random) {
      for field in messages[message].fields.indices.shuffled(using: &random)
      where change(&messages[message], field) {
        return true
      }
    }
    return false
  }

  fileprivate mutating func changeField(
    _ random: inout SplitMix64, _ change: (inout Field, _ isMessage: Bool) -> Bool
  ) -> Bool {
    let names = Set(messages.map(\.name))
    return changeMessage(&random) { message, index in
      change(&message.fields[index], names.contains(message.fields[index].type))
    }
  }

  fileprivate mutating func changeEnum(
    _ random: inout SplitMix64, _ change: (inout Enumeration, _ value: Int) -> Bool
  ) -> Bool {
    for index in enums.indices.shuffled(using: &random) {
      for value in enums[index].values.indices.shuffled(using: &random)
      where change(&enums[index], value) {
        return true
      }
    }
    return false
  }

  fileprivate mutating func changeMethod(_ change: (inout Method) -> Void) -> Bool {
    guard !methods.isEmpty else { return false }
    change(&methods[0])
    return true
  }
}

extension RandomSchema.Message {
  /// Whether a field is the only one of its oneof.
  fileprivate func hasAlone(_ index: Int) -> Bool {
    fields.count { $0.label == fields[index].label } == 1
  }
}

extension RandomSchema.Field {
  /// `f_12` is `f12`.
  fileprivate var spelledInJSON: String {
    let parts = name.split(separator: "_")
    return parts.dropFirst().reduce(String(parts.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }
}
