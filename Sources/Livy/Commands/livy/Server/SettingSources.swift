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
    for file in files {
      guard let text = file.values[key.rawValue] else { continue }
      return Found(text: text, place: file.place(of: key.rawValue))
    }
    return key.standard.map { Found(text: $0, place: "the defaults") }
  }

  /// One line for each entry of a file that nothing reads.
  var warnings: [String] {
    files.flatMap { file in
      file.values.keys.sorted().filter { SettingKey(rawValue: $0) == nil }.map { name in
        let hint = SettingKey.nearest(to: name).map { "; did you mean \($0.rawValue)?" } ?? ""
        return
          "\(file.place(of: name)): \(name) is not a setting of this version and is ignored\(hint)"
      }
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
