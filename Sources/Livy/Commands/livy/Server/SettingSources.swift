// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Where settings come from: flags win over the environment, which wins over `livy.conf`.
struct SettingSources: Sendable {
  var flags: [SettingKey: String] = [:]
  var environment: [String: String] = [:]
  /// The files of the conf folder; the first one that has a key wins.
  var files: [SettingFile] = []

  /// A value, and what people call the place where it was set.
  struct Found {
    var text: String
    var place: String
  }

  func find(_ key: SettingKey) -> Found? {
    if let text = flags[key] { return Found(text: text, place: "the command line") }
    if let text = environment[key.variable] { return Found(text: text, place: key.variable) }
    let names = [key.rawValue] + (SettingTable.otherNames[key.rawValue] ?? [])
    for file in files {
      guard let name = names.first(where: { file.values[$0] != nil }), let text = file.values[name]
      else { continue }
      return Found(text: text, place: file.place(of: name))
    }
    return key.standard.map { Found(text: $0, place: "the defaults") }
  }

  /// The entries of files whose names begin so, by the rest of their names.
  func family(_ start: String) -> [String: Found] {
    var entries: [String: Found] = [:]
    for file in files {
      for (name, text) in file.values where name.hasPrefix(start) {
        let rest = String(name.dropFirst(start.count))
        guard entries[rest] == nil else { continue }
        entries[rest] = Found(text: text.trimmingBlanks, place: file.place(of: name))
      }
    }
    return entries
  }

  /// One line for each entry of a file that is not read under its own name, and for each variable
  /// of Livy's that has no effect.
  var warnings: [String] {
    let told = entries.compactMap { entry -> String? in
      let start = "\(entry.place): \(entry.name) "
      return switch entry.verdict.class {
      case .honoured, .refused: nil
      case .unknown, .mapped: start + entry.verdict.effect
      case .ignored: start + "is ignored: \(entry.verdict.effect)"
      }
    }
    return told + EnvironmentRow.warnings(of: environment)
  }

  /// Settings of Livy's that this version does not serve, and that must not be passed over in
  /// silence.
  func checkRefused() throws(LivyError) {
    guard let entry = entries.first(where: { $0.verdict.class == .refused }) else { return }
    throw LivyError(
      .configuration,
      "\(entry.place): \(entry.name) is \(entry.shownValue), but \(entry.verdict.effect). "
        + "Remove the line if you can do without")
  }

  /// All entries of all files, with what becomes of each.
  var entries: [SettingEntry] {
    files.flatMap { file in
      file.values.keys.sorted { (file.line(of: $0) ?? 0, $0) < (file.line(of: $1) ?? 0, $1) }
        .map { SettingEntry(file: file, name: $0, value: file.values[$0] ?? "") }
    }
  }

  // MARK: Typed values. Each error names the place, and what to write.

  /// Nil where nobody set it, or set it to nothing.
  func text(_ key: SettingKey) -> String? {
    guard let text = find(key)?.text.trimmingBlanks, !text.isEmpty else { return nil }
    return text
  }

  func list(_ key: SettingKey) -> [String] {
    (text(key) ?? "").split(separator: ",").map { String($0).trimmingBlanks }
      .filter { !$0.isEmpty }
  }

  func number(_ key: SettingKey, in range: ClosedRange<Int>) throws(LivyError) -> Int {
    try parse(key, "a number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func port(_ key: SettingKey) throws(LivyError) -> UInt16 {
    try parse(key, "a port, 0 to 65535") { UInt16($0) }
  }

  /// `10000~10110`, as Livy writes it.
  func ports(_ key: SettingKey) throws(LivyError) -> ClosedRange<UInt16> {
    try parse(key, "two ports with ~ between, for example 10000~10110") { text in
      let ends = text.split(separator: "~").map { UInt16(String($0).trimmingBlanks) }
      guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last, first > 0
      else { return nil }
      return first...last
    }
  }

  func flag(_ key: SettingKey) throws(LivyError) -> Bool {
    try parse(key, "true or false") { text in
      switch text.lowercased() {
      case "true": true
      case "false": false
      default: nil
      }
    }
  }

  func duration(_ key: SettingKey) throws(LivyError) -> Duration {
    try parse(key, "a time, for example 90s, 10m or 1h") { text in
      try? TimeString.parse(text)
    }
  }

  func duration(
    _ key: SettingKey, in range: ClosedRange<Duration>
  ) throws(LivyError) -> Duration {
    try parse(key, "a time from \(range.lowerBound) to \(range.upperBound)") { text in
      (try? TimeString.parse(text)).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func parse<Value>(
    _ key: SettingKey, _ wanted: String, _ read: (String) -> Value?
  ) throws(LivyError) -> Value {
    let found = find(key) ?? Found(text: "", place: "nowhere")
    guard let value = read(found.text.trimmingBlanks) else {
      throw LivyError(
        .configuration,
        "\(key.rawValue) is \"\(found.text)\" (from \(found.place)); write \(wanted)")
    }
    return value
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let front = drop { $0 == " " || $0 == "\t" }
    guard let last = front.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(front[...last])
  }
}
