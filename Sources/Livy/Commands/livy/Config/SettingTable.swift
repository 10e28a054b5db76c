// SPDX-License-Identifier: Apache-2.0

/// Every key that an operator of Livy may have written, and every key of our own. The server, the
/// commands below `livy config` and `docs/configuration.md` all read this one table.
enum SettingTable {
  static let sections = [
    SettingSection(
      title: "Settings of this server",
      rows: SettingKey.allCases.map(SettingRow.honoured) + FamilyRows.rows),
    SettingSection(title: "Login, users and TLS", rows: AccessRows.rows),
    SettingSection(title: "HTTP and web pages", rows: WebRows.rows),
    SettingSection(title: "Sessions and their Spark", rows: SparkRows.rows),
    SettingSection(title: "Drivers", rows: DriverRows.rows),
    SettingSection(title: "Recovery and several servers", rows: RecoveryRows.rows),
    SettingSection(title: "Clusters", rows: ClusterRows.rows),
    SettingSection(title: "Thrift server", rows: ThriftRows.rows),
    SettingSection(title: "Livy's own HTTP client", rows: ClientRows.rows),
    SettingSection(title: "Old names", rows: OldNameRows.rows),
  ]

  static let rows = sections.flatMap(\.rows)

  private static let exact: [String: SettingRow] = Dictionary(
    rows.compactMap { row in
      guard case .exact(let name) = row.name else { return nil }
      return (name, row)
    }, uniquingKeysWith: { first, _ in first })

  private static let families: [(start: String, row: SettingRow)] = rows.compactMap { row in
    guard case .family(let start) = row.name else { return nil }
    return (start, row)
  }

  /// The other names under which each key is read, by its own.
  static let otherNames: [String: [String]] = rows.reduce(into: [:]) { names, row in
    guard case .exact(let name) = row.name, case .mapped(let key) = row.fate else { return }
    names[key, default: []].append(name)
  }

  static func row(of name: String) -> SettingRow? {
    exact[name]
      ?? families.first { name.hasPrefix($0.start) && name.utf8.count > $0.start.utf8.count }?.row
  }

  /// For a key that does not exist: the one that was probably meant.
  static func nearest(to name: String) -> String? {
    let near = exact.keys.filter { abs($0.utf8.count - name.utf8.count) <= editsMax }
    let ranked = near.map { ($0, EditDistance.between($0, name)) }
      .min { ($0.1, $0.0) < ($1.1, $1.0) }
    guard let (key, distance) = ranked, distance <= editsMax else { return nil }
    return key
  }

  /// More slips than these are no slip.
  private static let editsMax = 3
}

/// What happens with one entry of a file.
struct SettingVerdict: Equatable, Sendable {
  enum Class: String, CaseIterable, Sendable {
    case honoured, mapped, ignored, refused, unknown
  }

  var `class`: Class
  /// In words for a person.
  var effect: String

  init(_ class: Class, _ effect: String) {
    self.class = `class`
    self.effect = effect
  }

  init(key: String, value: String) {
    guard let row = SettingTable.row(of: key) else {
      let hint = SettingTable.nearest(to: key).map { "; did you mean \($0)?" } ?? ""
      self.init(.unknown, "is not a setting of this version and is ignored" + hint)
      return
    }
    if let refusal = row.refusal, refusal.meets(value) {
      self.init(.refused, refusal.hint)
      return
    }
    switch row.fate {
    case .honoured:
      self.init(.honoured, row.help.isEmpty ? "is what this version does" : row.help)
    case .ignored(let reason):
      self.init(.ignored, reason)
    case .mapped(let other):
      let there = SettingVerdict(key: other, value: value)
      switch there.class {
      case .ignored, .refused: self = there
      case .honoured, .mapped, .unknown: self.init(.mapped, "is read as \(other)")
      }
    }
  }
}

/// Levenshtein's distance, in bytes.
enum EditDistance {
  static func between(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (i, a) in left.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
