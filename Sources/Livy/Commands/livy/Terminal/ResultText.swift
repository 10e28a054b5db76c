// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// What a statement came to, as a person reads it.
enum ResultText {
  /// The text where there is one, else the table, else the document.
  static func text(_ bundle: MIMEBundle, columns: Int?) -> String {
    if let text = bundle.plainText { return text }
    if let table = ResultTable(bundle) {
      var text = TextTable(table.columns.map(\.name))
      text.rows = table.rows
      return table.columns.isEmpty && table.rows.isEmpty
        ? "" : text.lines(width: columns).joined(separator: "\n")
    }
    if case .json(let document)? = bundle["application/json"] { return document.text }
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
}
