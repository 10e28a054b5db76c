// SPDX-License-Identifier: Apache-2.0

/// The names that the fields of one message take, as JSON has them.
struct FieldNames {
  private var folded: [String: NameSyntax] = [:]
  private var inJSON: [String: NameSyntax] = [:]

  /// The field's name in JSON. Reports one that another field has, and names that differ so little
  /// that they are the same in other languages.
  mutating func take(
    _ name: NameSyntax, _ option: NameSyntax?, diagnostics: inout Diagnostics
  ) -> String {
    let json = option?.text ?? JSONName.of(name.text)
    let fold = JSONName.folded(name.text)
    if let earlier = folded[fold] {
      // The same name twice has been reported as such.
      if earlier.text != name.text {
        diagnostics.error(
          name.range,
          "field `\(name.text)` differs from `\(earlier.text)` only in capitals and underscores",
          help: "choose another name: in JSON and in other languages the two would be one",
          notes: [Diagnostic.Note(range: earlier.range, message: "the other one")])
      }
      return json
    }
    folded[fold] = name
    if let earlier = inJSON[json] {
      diagnostics.error(
        option?.range ?? name.range,
        "field `\(name.text)` has the name \"\(json)\" in JSON, as `\(earlier.text)` has",
        help: "write another `json_name`",
        notes: [Diagnostic.Note(range: earlier.range, message: "the other one")])
    } else {
      inJSON[json] = name
    }
    return json
  }
}

/// Names as protobuf's JSON mapping and its rules against confusion make them.
enum JSONName {
  /// `ui_url` becomes `uiUrl`: a letter behind underscores becomes a capital, all others stay.
  static func of(_ name: String) -> String {
    camel(name, isUpper: false)
  }

  /// The message that protobuf makes of a map's entries: `ui_ports` has `UiPortsEntry`.
  static func ofMapEntry(_ name: String) -> String {
    camel(name, isUpper: true) + "Entry"
  }

  /// The same for all names that differ in capitals and underscores only.
  static func folded(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" }
  }

  private static func camel(_ name: String, isUpper: Bool) -> String {
    var result = ""
    var isNextUpper = isUpper
    for letter in name {
      if letter == "_" {
        isNextUpper = true
      } else {
        result += isNextUpper ? letter.uppercased() : String(letter)
        isNextUpper = false
      }
    }
    return result
  }
}

/// Names of an enum's values without what languages leave out.
enum EnumValueName {
  /// `FOO_BAR_A_B` of `FooBar` becomes `AB`, and so do `AB` and `A_b`, but not `ab`, whose parts
  /// are others.
  static func folded(_ name: String, of enumeration: String) -> String {
    var result = ""
    for part in withoutPrefix(name, JSONName.folded(enumeration)).split(separator: "_") {
      result += part.prefix(1).uppercased() + part.dropFirst().lowercased()
    }
    return result
  }

  /// The whole name if nothing would be left of it.
  private static func withoutPrefix(_ name: String, _ prefix: String) -> Substring {
    var rest = name[...]
    for letter in prefix {
      rest = rest.drop { $0 == "_" }
      guard let first = rest.popFirst(), first.lowercased() == String(letter) else {
        return name[...]
      }
    }
    rest = rest.drop { $0 == "_" }
    return rest.isEmpty ? name[...] : rest
  }
}
