// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// What a statement came to, as a person reads it.
enum ResultText {
  /// A table for SQL, the text for all that has one, else the document.
  static func text(_ bundle: MIMEBundle, columns: Int?) -> String {
    if let text = bundle.plainText { return text }
    if case .json(let document)? = bundle["application/json"] {
      return table(document, columns: columns) ?? document.text
    }
    return bundle.parts.map { part in
      switch part.content {
      case .json(let document): document.text
      case .text(let text): "[\(part.type), \(text.utf8.count) characters]"
      }
    }.joined(separator: "\n")
  }

  /// Python's and Scala's tracebacks are for people, and stand above the message. A JVM's stack is
  /// for developers: its top stands below.
  static func text(_ error: StatementError) -> String {
    let last = error.description
    guard error.traceback.allSatisfy({ $0.hasSuffix("\n") }) else {
      let top = error.traceback.prefix(stackLinesMax).map { "\n  at \($0)" }.joined()
      let rest = error.traceback.count - stackLinesMax
      return last + top + (rest > 0 ? "\n  and \(rest) more lines" : "")
    }
    let traceback = error.traceback.joined()
    return traceback.contains(last) ? traceback : traceback + last
  }

  private static let stackLinesMax = 5

  /// `{"schema": {"fields": [{"name": ...}]}, "data": [[...]]}`; nil for any other document.
  private static func table(_ document: JSONText, columns: Int?) -> String? {
    guard
      let value = try? JSONValue(parsing: Array(document.text.utf8), limits: .answers),
      case .array(let fields)? = value["schema"]?["fields"], case .array(let rows)? = value["data"]
    else { return nil }
    if fields.isEmpty, rows.isEmpty { return "" }
    var table = TextTable(fields.map { $0["name"].map(cell) ?? "" })
    for row in rows {
      guard case .array(let values) = row else { return nil }
      table.rows.append(values.map(cell))
    }
    return table.lines(width: columns).joined(separator: "\n")
  }

  private static func cell(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .null: "NULL"
    case .number(let number): number.literal
    case .bool, .array, .object: JSONText(value).text
    }
  }
}
