// SPDX-License-Identifier: Apache-2.0

/// A ledger as text: one fact a line, in order of the names and numbers, so that changes of two
/// branches merge and a difference can be read.
///
///     schemac-ledger 1
///     enum livy.JobState
///     enum livy.JobState 0 QUEUED
///     message livy.Event
///     message livy.Event 1 number uint64 singular
///     message livy.Event 2 state enum:livy.InterpreterState oneof:what
///     message livy.Event 3 old string singular json:former removed
///     method 20 livy.Driver Ping livy.PingRequest livy.PingResponse unary
struct LedgerText {
  static let firstLine = "schemac-ledger 1"
  /// Behind what is gone.
  static let removed = "removed"

  // MARK: Writing

  static func print(_ ledger: Ledger) -> String {
    var lines = [
      firstLine,
      "# Every number and name that these schemas have used. `schemac ledger` writes it; commit it.",
    ]
    for (name, values) in ledger.enums.sorted(by: { $0.key < $1.key }) {
      lines.append("enum \(name)")
      lines += values.sorted { ($0.number, $0.name) < ($1.number, $1.name) }.map { value in
        "enum \(name) \(value.number) \(value.name)\(mark(value.isRemoved))"
      }
    }
    for (name, fields) in ledger.messages.sorted(by: { $0.key < $1.key }) {
      lines.append("message \(name)")
      lines += fields.sorted { $0.key < $1.key }.map { number, field in
        "message \(name) \(number) \(words(of: field))"
      }
    }
    lines += ledger.methods.sorted { $0.key < $1.key }.map { number, method in
      "method \(number) \(method.service) \(method.name) \(method.request) \(method.response) "
        + "\(method.shape)\(mark(method.isRemoved))"
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func mark(_ isRemoved: Bool) -> String { isRemoved ? " \(removed)" : "" }

  private static func words(of field: FieldEntry) -> String {
    let label =
      switch field.label {
      case .singular: "singular"
      case .optional: "optional"
      case .repeated: "repeated"
      case .map: "map"
      case .member(let oneof): "oneof:\(oneof)"
      }
    let json =
      field.jsonName == JSONSpelling.field(field.name)
      ? "" : " json:\(escaped(field.jsonName))"
    return "\(field.name) \(field.type.text) \(label)\(json)\(mark(field.isRemoved))"
  }

  /// A name in JSON may hold anything; a word of a line holds no space.
  private static func escaped(_ name: String) -> String {
    name.utf8.map { byte in
      if byte.isLetter || byte.isDigit { return String(UnicodeScalar(byte)) }
      return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  // MARK: Reading

  /// Reads a ledger's file, which has an index among the files of the run.
  static func read(_ source: SourceFile, file: Int, diagnostics: inout Diagnostics) -> Ledger {
    var ledger = Ledger()
    var offset = 0
    for (index, line) in source.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated()
    {
      let range = SourceRange(file: file, bytes: offset..<offset + line.count)
      offset += line.count + 1
      let text = String(decoding: line, as: UTF8.self)
      if index == 0 {
        guard text == firstLine else {
          diagnostics.error(
            range, "this is no ledger that this program knows",
            help: "its first line must be `\(firstLine)`")
          return ledger
        }
      } else if !text.isEmpty, !text.hasPrefix("#") {
        report(ledger.add(text, range), range, &diagnostics)
      }
    }
    return ledger
  }

  private static func report(
    _ outcome: LineOutcome, _ range: SourceRange, _ diagnostics: inout Diagnostics
  ) {
    switch outcome {
    case .added: return
    case .unreadable:
      diagnostics.error(
        range, "this line of the ledger cannot be read",
        help: "take it as it was from version control; `schemac ledger` adds what is missing")
    case .contradicts(let number, let earlier):
      diagnostics.error(
        range, "number \(number) has two lines", help: "keep the one that peers know",
        notes: [Diagnostic.Note(range: earlier, message: "the other one")])
    }
  }
}

/// What has become of a line of a ledger.
private enum LineOutcome {
  /// Its fact is there, perhaps since an earlier line: a merge of branches leaves such pairs.
  case added
  case unreadable
  /// An earlier line says something else of the same number.
  case contradicts(number: UInt32, earlier: SourceRange)
}

extension Ledger {
  /// Adds a line's fact. What two lines agree on is gone if one of them says so.
  fileprivate mutating func add(_ line: String, _ range: SourceRange) -> LineOutcome {
    var words = line.split(separator: " ", omittingEmptySubsequences: false)
    let wordsMin = words.first == "enum" ? 4 : words.first == "method" ? 7 : 6
    let isRemoved = words.count > wordsMin && words.last.map { $0 == LedgerText.removed } == true
    if isRemoved { words.removeLast() }
    switch (words.first, words.count) {
    case ("enum", 2):
      if enums[String(words[1])] == nil { enums[String(words[1])] = [] }
      return .added
    case ("message", 2):
      if messages[String(words[1])] == nil { messages[String(words[1])] = [:] }
      return .added
    case ("enum", 4):
      guard let number = Int32(words[2]) else { return .unreadable }
      return add(
        ValueEntry(number: number, name: String(words[3]), isRemoved: isRemoved, range: range),
        to: String(words[1]))
    case ("message", 6), ("message", 7):
      guard let number = UInt32(words[2]), FieldNumbers.isAllowed(number),
        var field = FieldEntry(words[3...], range)
      else { return .unreadable }
      field.isRemoved = isRemoved
      return add(field, number, to: String(words[1]))
    case ("method", 7):
      guard let number = UInt16(words[1]), MethodDirective.numbers.contains(Int(number)),
        let shape = Method.Shape(rawValue: String(words[6]))
      else { return .unreadable }
      return add(
        MethodEntry(
          service: String(words[2]), name: String(words[3]), request: String(words[4]),
          response: String(words[5]), shape: shape, isRemoved: isRemoved, range: range), number)
    default: return .unreadable
    }
  }

  /// A number may have several names.
  private mutating func add(_ value: ValueEntry, to owner: String) -> LineOutcome {
    if enums[owner] == nil { return .unreadable }
    if let index = enums[owner]?.firstIndex(where: { $0.key == value.key }) {
      if value.isRemoved { enums[owner]?[index].isRemoved = true }
    } else {
      enums[owner]?.append(value)
    }
    return .added
  }

  private mutating func add(
    _ field: FieldEntry, _ number: UInt32, to owner: String
  ) -> LineOutcome {
    if messages[owner] == nil { return .unreadable }
    guard let earlier = messages[owner]?[number] else {
      messages[owner]?[number] = field
      return .added
    }
    guard earlier.isSame(as: field) else {
      return .contradicts(number: number, earlier: earlier.range)
    }
    if field.isRemoved { messages[owner]?[number]?.isRemoved = true }
    return .added
  }

  private mutating func add(_ method: MethodEntry, _ number: UInt16) -> LineOutcome {
    guard let earlier = methods[number] else {
      methods[number] = method
      return .added
    }
    guard earlier.isSame(as: method) else {
      return .contradicts(number: UInt32(number), earlier: earlier.range)
    }
    if method.isRemoved { methods[number]?.isRemoved = true }
    return .added
  }
}

extension FieldEntry {
  /// `name type label` and perhaps `json:name`.
  fileprivate init?(_ words: ArraySlice<Substring>, _ range: SourceRange) {
    let words = Array(words)
    guard words.count >= 3, let type = LedgerType(words[1]) else { return nil }
    let label: Label
    switch words[2] {
    case "singular": label = .singular
    case "optional": label = .optional
    case "repeated": label = .repeated
    case "map": label = .map
    case let word where word.hasPrefix("oneof:"): label = .member(oneof: String(word.dropFirst(6)))
    default: return nil
    }
    guard (type.key != nil) == (label == .map) else { return nil }
    var jsonName = JSONSpelling.field(String(words[0]))
    if words.count > 3 {
      guard words[3].hasPrefix("json:"), let name = Self.unescaped(words[3].dropFirst(5)) else {
        return nil
      }
      jsonName = name
    }
    self.init(
      name: String(words[0]), jsonName: jsonName, type: type, label: label, range: range)
  }

  private static func unescaped(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
