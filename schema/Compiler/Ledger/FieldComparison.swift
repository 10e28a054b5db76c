// SPDX-License-Identifier: Apache-2.0

/// Compares the fields of one message with those that it had, by the rules of
/// https://protobuf.dev/programming-guides/proto3/#updating.
struct FieldComparison {
  let message: Message
  let old: [UInt32: FieldEntry]
  let new: [UInt32: FieldEntry]
  /// Numbers of what is used now, by name.
  private let numbersNow: [String: UInt32]
  /// Numbers of what is gone, by both of its names.
  private let numbersGone: [String: UInt32]
  private let oneofs: (old: [String: Set<UInt32>], new: [String: Set<UInt32>])

  init(message: Message, old: [UInt32: FieldEntry], new: [UInt32: FieldEntry]) {
    self.message = message
    self.old = old
    self.new = new
    numbersNow = Dictionary(new.map { ($0.value.name, $0.key) }, uniquingKeysWith: min)
    let gone = old.filter { $0.value.isRemoved || new[$0.key] == nil }
    numbersGone = Dictionary(
      gone.flatMap { number, field in field.names.map { ($0, number) } }, uniquingKeysWith: min)
    // Fields that only one side knows do not make two oneofs different.
    let common = Set(old.keys.filter { new[$0] != nil && gone[$0] == nil })
    oneofs = (Self.members(of: old, common), Self.members(of: new, common))
  }

  private static func members(
    of fields: [UInt32: FieldEntry], _ common: Set<UInt32>
  ) -> [String: Set<UInt32>] {
    var members: [String: Set<UInt32>] = [:]
    for (number, field) in fields {
      guard case .member(let oneof) = field.label, common.contains(number) else { continue }
      members[oneof, default: []].insert(number)
    }
    return members
  }

  private var owner: String { "message `\(message.name.full)`" }

  private func full(_ field: FieldEntry) -> String { "\(message.name.full).\(field.name)" }

  /// What is used now, and what is gone.
  func merged(_ ledger: inout LedgerComparison) -> [UInt32: FieldEntry] {
    var merged = old
    for (number, before) in old.sorted(by: { $0.key < $1.key }) {
      if let now = new[number] {
        compare(number, before, now, &ledger)
      } else if !before.isRemoved {
        checkRemoval(number, before, &ledger)
        merged[number]?.isRemoved = true
      }
    }
    for (number, now) in new.sorted(by: { $0.key < $1.key }) {
      checkNames(number, now, &ledger)
      merged[number] = now
    }
    return merged
  }

  // MARK: What is gone

  private func checkRemoval(
    _ number: UInt32, _ before: FieldEntry, _ ledger: inout LedgerComparison
  ) {
    if let moved = numbersNow[before.name], let range = new[moved]?.range {
      ledger.refuse(
        range, names: [full(before)],
        "field `\(before.name)` of \(owner) had the number \(number), and has \(moved) now",
        help: "give it \(number) back: peers know a field by its number", ledger: before.range)
      return
    }
    var missing: [String] = []
    if !message.reserved.holds(Int64(number)) { missing.append("reserved \(number);") }
    if !message.reserved.holds(before.name) { missing.append("reserved \"\(before.name)\";") }
    if missing.isEmpty { return }
    ledger.refuse(
      message.range, names: [full(before)],
      "field \(number), `\(before.name)`, of \(owner) is gone, but not reserved",
      help: "write `\(missing.joined(separator: " "))` into the message", ledger: before.range)
  }

  /// A field must not get a name by which JSON of old peers means another one: readers of JSON take
  /// both names of a field.
  private func checkNames(_ number: UInt32, _ now: FieldEntry, _ ledger: inout LedgerComparison) {
    for name in now.names where old[number]?.names.contains(name) != true {
      guard let other = numbersGone[name], other != number, let before = old[other] else {
        continue
      }
      // One that was given another number is told where the old one is missed.
      if !before.isRemoved, before.name == now.name { return }
      ledger.refuse(
        now.range, names: [full(now)],
        "the name `\(name)` was that of field \(other) of \(owner), which is gone",
        help: "choose another name: in JSON of old peers it means the old field",
        ledger: before.range)
      return
    }
  }

  // MARK: What is there still

  private func compare(
    _ number: UInt32, _ before: FieldEntry, _ now: FieldEntry, _ ledger: inout LedgerComparison
  ) {
    if before.isSame(as: now) { return }
    let names = [full(before), full(now)]
    let change = TypeChange(from: before.type, to: now.type)
    if before.name != now.name, before.isRemoved || change == .breaking {
      ledger.refuse(
        now.range, names: names,
        "number \(number) of \(owner) was `\(before.type.words) \(before.name)`, "
          + "and cannot be `\(now.type.words) \(now.name)` now",
        help: "take a number that was never used: \(free())", ledger: before.range)
      return
    }
    checkJSON(number, before, now, names, &ledger)
    checkType(change, before, now, names, &ledger)
    // Of another type, neither the place nor the number of the values matters.
    if change != .breaking { checkLabel(number, before, now, names, &ledger) }
  }

  private func checkJSON(
    _ number: UInt32, _ before: FieldEntry, _ now: FieldEntry, _ names: [String],
    _ ledger: inout LedgerComparison
  ) {
    if before.jsonName == now.jsonName { return }
    let keep = "`[json_name = \"\(before.jsonName)\"]`"
    if before.name == now.name {
      ledger.refuse(
        now.range, names: names,
        "field `\(now.name)` was \"\(before.jsonName)\" in JSON, and is \"\(now.jsonName)\" now",
        help: "write \(keep), or remove `json_name` if it had none", ledger: before.range)
    } else {
      ledger.refuse(
        now.range, names: names,
        "field \(number) of \(owner) was `\(before.name)`, and is `\(now.name)` now",
        help: "if it means the same, keep its name in JSON with \(keep); "
          + "if not, take a new number: \(free())", ledger: before.range)
    }
  }

  private func checkType(
    _ change: TypeChange, _ before: FieldEntry, _ now: FieldEntry, _ names: [String],
    _ ledger: inout LedgerComparison
  ) {
    let said = "field `\(now.name)` was `\(before.type.words)`, and is `\(now.type.words)` now"
    switch change {
    case .none: return
    case .caution(let caution):
      ledger.diagnostics.warning(
        now.range, said, help: "old and new peers can talk, but \(caution)")
    case .breaking:
      ledger.refuse(
        now.range, names: names, said,
        help: "keep the type, or add a field with a new number: \(free())",
        ledger: before.range)
    }
  }

  // MARK: Lists and oneofs

  private func checkLabel(
    _ number: UInt32, _ before: FieldEntry, _ now: FieldEntry, _ names: [String],
    _ ledger: inout LedgerComparison
  ) {
    if before.label == now.label { return }
    switch (before.label, now.label) {
    case (.singular, .optional), (.optional, .singular): return
    case (.member(let old), .member(let new)) where oneofs.old[old] == oneofs.new[new]: return
    // A single field can be a oneof of its own.
    case (.member(let oneof), .singular) where oneofs.old[oneof] == [number]: return
    case (.member(let oneof), .optional) where oneofs.old[oneof] == [number]: return
    case (.singular, .member(let oneof)) where oneofs.new[oneof] == [number]: return
    case (.optional, .member(let oneof)) where oneofs.new[oneof] == [number]: return
    case (.member, _), (_, .member):
      ledger.refuse(
        now.range, names: names,
        "field `\(now.name)` was \(Self.words(before.label)), and is \(Self.words(now.label)) now",
        help: "leave it where it was: setting one member of a oneof unsets the others, "
          + "which old peers do not know", ledger: before.range)
    case (.repeated, _), (_, .repeated):
      let said =
        "field `\(now.name)` was \(Self.words(before.label)), and is \(Self.words(now.label)) now"
      guard now.type.isDelimited, before.type.isDelimited else {
        ledger.refuse(
          now.range, names: names, said,
          help: "lists of numbers are packed, which a reader of one number skips; "
            + "add a field with a new number: \(free())", ledger: before.range)
        return
      }
      ledger.diagnostics.warning(
        now.range, said,
        help:
          "peers that know one value take the last of a list, or merge messages; their JSON differs"
      )
    case (.map, _), (_, .map), (.singular, .singular), (.optional, .optional): return
    }
  }

  private static func words(_ label: FieldEntry.Label) -> String {
    switch label {
    case .singular, .optional: "a single field"
    case .repeated: "a list"
    case .map: "a map"
    case .member(let oneof): "in oneof `\(oneof)`"
    }
  }

  /// Above all that were ever used, or else between them.
  private func free() -> String {
    let used = { (number: Int64) in
      UInt32(exactly: number).map { old[$0] != nil || new[$0] != nil } ?? false
    }
    let highest = max(old.keys.max() ?? 0, new.keys.max() ?? 0)
    return FieldNumbers.words(
      free: FieldNumbers.firstFree(from: Int64(highest) + 1, message.reserved, isUsed: used)
        ?? FieldNumbers.firstFree(from: 1, message.reserved, isUsed: used))
  }
}

extension LedgerType {
  /// Strings, bytes and messages: of these a list looks to a reader of one like that one, again and
  /// again.
  var isDelimited: Bool {
    switch value {
    case .scalar(let scalar): !scalar.isPackable
    case .message: true
    case .enumeration: false
    }
  }
}
