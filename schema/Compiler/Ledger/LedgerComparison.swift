// SPDX-License-Identifier: Apache-2.0

/// Compares what schemas use now with what they have used before, and makes the ledger that has
/// both. Reports each change that breaks a peer which knows the schemas as they were.
struct LedgerComparison {
  /// What was used before, and, as the comparison goes on, what is used now.
  private(set) var ledger: Ledger
  /// Full names of fields, values and methods whose changes are wanted.
  let accepted: Set<String>
  /// Those of them that were needed.
  private(set) var needed: Set<String> = []
  var diagnostics: Diagnostics

  static func compare(
    _ files: some Sequence<SchemaFile>, with ledger: Ledger, accepted: Set<String>,
    diagnostics: inout Diagnostics
  ) -> (ledger: Ledger, unneeded: [String]) {
    var comparison = LedgerComparison(
      ledger: ledger, accepted: accepted, diagnostics: diagnostics)
    let files = Array(files)
    let now = Ledger(files)
    for file in files {
      for message in file.messages { comparison.compare(message, now) }
      for enumeration in file.enumerations { comparison.compare(enumeration, now) }
    }
    let services = files.flatMap(\.services).map { ($0.name.full, $0.range) }
    comparison.compareMethods(now.methods, Dictionary(services) { first, _ in first })
    diagnostics = comparison.diagnostics
    return (comparison.ledger, accepted.subtracting(comparison.needed).sorted())
  }

  // MARK: Messages and enums

  private mutating func compare(_ message: Message, _ now: Ledger) {
    let name = message.name.full
    let new = now.messages[name] ?? [:]
    if let old = ledger.messages[name] {
      let comparison = FieldComparison(message: message, old: old, new: new)
      ledger.messages[name] = comparison.merged(&self)
    } else {
      ledger.messages[name] = new
    }
    for nested in message.messages { compare(nested, now) }
    for nested in message.enumerations { compare(nested, now) }
  }

  private mutating func compare(_ enumeration: Enumeration, _ now: Ledger) {
    let name = enumeration.name.full
    let new = now.enums[name] ?? []
    if let old = ledger.enums[name] {
      let comparison = ValueComparison(enumeration: enumeration, old: old, new: new)
      ledger.enums[name] = comparison.merged(&self)
    } else {
      ledger.enums[name] = new
    }
  }

  // MARK: Methods

  private mutating func compareMethods(
    _ new: [UInt16: MethodEntry], _ services: [String: SourceRange]
  ) {
    for (number, old) in ledger.methods.sorted(by: { $0.key < $1.key }) {
      if let now = new[number] {
        compare(number, old, now)
      } else if !old.isRemoved {
        refuse(
          services[old.service] ?? old.range, names: [old.fullName],
          "method \(number), `\(old.fullName)`, is gone: old peers still call it",
          help: services[old.service] == nil
            ? "name all files that the ledger is of; "
              + "if no peer calls it any longer, \(Self.accept(old.fullName))"
            : "keep it; if no peer calls it any longer, \(Self.accept(old.fullName))",
          ledger: old.range)
        ledger.methods[number]?.isRemoved = true
      }
    }
    for (number, now) in new { ledger.methods[number] = now }
  }

  private mutating func compare(_ number: UInt16, _ old: MethodEntry, _ now: MethodEntry) {
    if old.isSame(as: now) { return }
    let gone = old.isRemoved ? ", which is gone" : ""
    if old.fullName != now.fullName {
      refuse(
        now.range, names: [old.fullName, now.fullName],
        "method \(number) is `\(old.fullName)`\(gone): `\(now.fullName)` cannot have its number",
        help: old.hasSameTypes(as: now)
          ? "take a new number; if it is the same under a new name, \(Self.accept(now.fullName))"
          : "take a new number: it stays that method's for ever", ledger: old.range)
    } else {
      refuse(
        now.range, names: [now.fullName],
        "method `\(now.fullName)` was `\(old.signature)`, and is `\(now.signature)` now",
        help: "declare a new method with a new number, and keep this one as it was",
        ledger: old.range)
    }
  }

  // MARK: What both comparisons need

  /// Reports a change that breaks a peer, unless it is wanted.
  ///
  /// - Parameter names: by which the change can be accepted.
  mutating func refuse(
    _ range: SourceRange, names: [String], _ message: String, help: String, ledger: SourceRange
  ) {
    let wanted = accepted.intersection(names)
    needed.formUnion(wanted)
    guard wanted.isEmpty else { return }
    let notes = ledger == range ? [] : [Diagnostic.Note(range: ledger, message: "the ledger has")]
    diagnostics.error(range, message, help: help, notes: notes)
  }

  static func accept(_ name: String) -> String {
    "run `schemac ledger --accept \(name)`"
  }
}
