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
    let json = option?.text ?? JSONSpelling.field(name.text)
    let fold = NameFolding.field(name.text)
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
