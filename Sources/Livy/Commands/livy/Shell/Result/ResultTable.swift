// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// A table as a server gives one: the result of SQL, or of `%table`.
struct ResultTable: Equatable {
  struct Column: Equatable {
    var name: String
    /// Its cells stand to the right.
    var isNumber: Bool
  }

  var columns: [Column]
  var rows: [[String]]

  static let mimeType = "application/vnd.livy.table.v1+json"

  init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// Nil where a result has no table, or one that cannot be read.
  init?(_ bundle: MIMEBundle) {
    if case .json(let document)? = bundle[Self.mimeType] {
      self.init(document, heads: { $0["headers"] })
    } else if case .json(let document)? = bundle["application/json"] {
      self.init(document, heads: { $0["schema"]?["fields"] })
    } else {
      return nil
    }
  }

  private init?(_ document: JSONText, heads: (JSONValue) -> JSONValue?) {
    guard let value = try? JSONValue(parsing: Array(document.text.utf8), limits: .answers),
      case .array(let heads)? = heads(value), case .array(let data)? = value["data"]
    else { return nil }
    columns = heads.map {
      Column(name: $0["name"].map(Self.cell) ?? "", isNumber: Self.isNumber($0))
    }
    rows = []
    for row in data {
      guard case .array(let cells) = row else { return nil }
      rows.append(cells.map(Self.cell))
    }
  }

  /// By the names of Spark's types, and of those of `%table`.
  private static func isNumber(_ head: JSONValue) -> Bool {
    guard case .string(let type)? = head["type"] else { return false }
    let names = [
      "byte", "short", "int", "integer", "bigint", "long", "float", "double", "decimal", "smallint",
      "tinyint",
    ]
    let word = type.lowercased().prefix { $0.isLetter }
    return names.contains(String(word))
  }

  static func cell(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .null: "NULL"
    case .number(let number): number.literal
    case .bool, .array, .object: JSONText(value).text
    }
  }
}
