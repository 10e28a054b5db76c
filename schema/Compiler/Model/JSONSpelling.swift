// SPDX-License-Identifier: Apache-2.0

/// How fields are called in JSON (https://protobuf.dev/programming-guides/json).
enum JSONSpelling {
  /// Without underscores, and with a capital behind each: `ui_url` becomes `uiUrl`.
  static func field(_ name: String) -> String {
    var spelled: [UInt8] = []
    var isRaised = false
    for byte in name.utf8 {
      if byte == UInt8(ascii: "_") {
        isRaised = true
        continue
      }
      let isSmall = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      spelled.append(isRaised && isSmall ? byte - 32 : byte)
      isRaised = false
    }
    return String(decoding: spelled, as: UTF8.self)
  }
}

extension Checker {
  /// The value of `json_name`, or `nil` after an error has been reported.
  mutating func jsonName(_ option: OptionSyntax) -> String? {
    guard case .string(let name) = option.value else {
      diagnostics.error(
        option.valueRange, "`json_name` is a name between quotes", help: "write `\"name\"`")
      return nil
    }
    // What begins so means an extension in JSON, and a zero byte ends a name elsewhere.
    guard !name.hasPrefix("["), !name.utf8.contains(0) else {
      diagnostics.error(
        option.valueRange, "a name in JSON cannot begin with `[` and has no zero byte",
        help: "write a name of letters and digits")
      return nil
    }
    return name
  }

  /// No two fields may have one name in JSON: not by what `json_name` says, and, as protoc has it,
  /// not by what follows from their names.
  mutating func checkJSONNames(of message: Message) {
    var defaults: [String: Field] = [:]
    var names: [String: Field] = [:]
    for field in message.fields {
      let spelled = JSONSpelling.field(field.name)
      let earlier = defaults[spelled] ?? names[field.jsonName]
      if defaults[spelled] == nil { defaults[spelled] = field }
      if names[field.jsonName] == nil { names[field.jsonName] = field }
      // One name in the schema is reported where names are looked up.
      guard let earlier, earlier.name != field.name else { continue }
      diagnostics.error(
        field.range, "field `\(field.name)` has the same name in JSON as field `\(earlier.name)`",
        help: "choose names that differ in more than underscores and what follows them",
        notes: [Diagnostic.Note(range: earlier.range, message: "the other one")])
    }
  }
}
