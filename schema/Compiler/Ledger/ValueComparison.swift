// SPDX-License-Identifier: Apache-2.0

/// Compares the values of one enum with those that it had.
struct ValueComparison {
  let enumeration: Enumeration
  let old: [ValueEntry]
  let new: [ValueEntry]
  private let keysOld: Set<ValueEntry.Key>
  private let keysNew: Set<ValueEntry.Key>
  private let namesNew: [String: ValueEntry]
  private let valuesNew: [Int32: [ValueEntry]]
  private let gone: (byName: [String: ValueEntry], byNumber: [Int32: ValueEntry])

  init(enumeration: Enumeration, old: [ValueEntry], new: [ValueEntry]) {
    self.enumeration = enumeration
    self.old = old
    self.new = new
    keysOld = Set(old.map(\.key))
    keysNew = Set(new.map(\.key))
    namesNew = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
    valuesNew = Dictionary(grouping: new, by: \.number)
    let removed = old.filter(\.isRemoved)
    // A number that has lost one of its names is none that is gone.
    let held = Set(old.filter { !$0.isRemoved }.map(\.number))
    gone = (
      Dictionary(removed.map { ($0.name, $0) }) { first, _ in first },
      Dictionary(removed.filter { !held.contains($0.number) }.map { ($0.number, $0) }) {
        first, _ in first
      }
    )
  }

  private var owner: String { "enum `\(enumeration.name.full)`" }

  private func full(_ value: ValueEntry) -> String { "\(enumeration.name.full).\(value.name)" }

  /// What is used now, and what is gone.
  func merged(_ ledger: inout LedgerComparison) -> [ValueEntry] {
    var merged: [ValueEntry] = []
    for var before in old where !keysNew.contains(before.key) {
      if !before.isRemoved { checkRemoval(before, &ledger) }
      before.isRemoved = true
      merged.append(before)
    }
    for now in new where !keysOld.contains(now.key) { checkAddition(now, &ledger) }
    return merged + new
  }

  private func checkRemoval(_ before: ValueEntry, _ ledger: inout LedgerComparison) {
    if let moved = namesNew[before.name] {
      ledger.refuse(
        moved.range, names: [full(before)],
        "`\(before.name)` of \(owner) had the number \(before.number), and has \(moved.number) now",
        help: "give it \(before.number) back: peers know a value by its number",
        ledger: before.range)
      return
    }
    let heirs = valuesNew[before.number] ?? []
    // One that keeps another of its names has lost an alias only.
    let isHeld = heirs.contains { keysOld.contains($0.key) }
    if !isHeld, let renamed = heirs.first {
      ledger.refuse(
        renamed.range, names: [full(before), full(renamed)],
        "number \(before.number) of \(owner) was `\(before.name)`, and is `\(renamed.name)` now",
        help: "if both mean the same, keep both, with `option allow_alias = true;`; "
          + "if not, take a new number", ledger: before.range)
      return
    }
    var missing: [String] = []
    if heirs.isEmpty, !enumeration.reserved.holds(Int64(before.number)) {
      missing.append("reserved \(before.number);")
    }
    if !enumeration.reserved.holds(before.name) { missing.append("reserved \"\(before.name)\";") }
    if missing.isEmpty { return }
    ledger.refuse(
      enumeration.range, names: [full(before)],
      "value \(before.number), `\(before.name)`, of \(owner) is gone, but not reserved",
      help: "write `\(missing.joined(separator: " "))` into the enum", ledger: before.range)
  }

  /// A new value must have neither number nor name of one that is gone, nor stand before one that
  /// is there.
  private func checkAddition(_ now: ValueEntry, _ ledger: inout LedgerComparison) {
    checkOrder(now, &ledger)
    guard let before = gone.byName[now.name] ?? gone.byNumber[now.number] else { return }
    ledger.refuse(
      now.range, names: [full(now)],
      "`\(now.name) = \(now.number)` of \(owner) takes up `\(before.name) = \(before.number)`, "
        + "which is gone",
      help: "choose a number and a name that were never used", ledger: before.range)
  }

  /// The first name of a number is the one that JSON has.
  private func checkOrder(_ now: ValueEntry, _ ledger: inout LedgerComparison) {
    guard valuesNew[now.number]?.first?.key == now.key,
      let before = old.first(where: {
        $0.number == now.number && !$0.isRemoved && keysNew.contains($0.key)
      })
    else { return }
    ledger.refuse(
      now.range, names: [full(now)],
      "number \(now.number) of \(owner) would be \"\(now.name)\" in JSON, "
        + "and was \"\(before.name)\"",
      help: "write it behind `\(before.name)`: the first name is written to JSON",
      ledger: before.range)
  }
}
