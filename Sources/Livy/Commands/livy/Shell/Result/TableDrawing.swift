// SPDX-License-Identifier: Apache-2.0

/// A table in a frame, as much of it as fits: rows up to a bound, columns up to the terminal's edge.
/// What is left out is named below it.
struct TableDrawing {
  private let table: ResultTable
  private let rowsMax: Int

  init(_ table: ResultTable, rowsMax: Int = ShellLimits.tableRowsDefault) {
    self.table = table
    self.rowsMax = max(rowsMax, 0)
  }

  /// - Parameter width: columns of the terminal.
  func lines(width: Int) -> [String] {
    guard !table.columns.isEmpty else {
      return table.rows.isEmpty ? [] : ["\(table.rows.count) rows without columns"]
    }
    let names = table.columns.map { SafeText.line($0.name) }
    let rows = table.rows.prefix(rowsMax).map { row in
      names.indices.map { $0 < row.count ? SafeText.line(row[$0]) : "" }
    }
    var widths = names.indices.map { column in
      rows.reduce(TextWidth.of(names[column])) { max($0, TextWidth.of($1[column])) }
    }
    let shown = Self.fit(&widths, into: width)
    let isNumber = table.columns.prefix(shown).map(\.isNumber)
    func line(_ cells: [String]) -> String {
      let parts = cells.prefix(shown).indices.map { column in
        ColumnWidths.fit(cells[column], widths[column], isNumber: isNumber[column])
      }
      return "│ " + parts.joined(separator: " │ ") + " │"
    }
    func rule(_ left: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
    }
    return [rule("┌", "┬", "┐"), line(names), rule("├", "┼", "┤")] + rows.map(line)
      + [rule("└", "┴", "┘")] + notes(shown: shown, names)
  }

  /// How many columns fit, each at least as wide as can be read; `widths` is cut to them.
  private static func fit(_ widths: inout [Int], into width: Int) -> Int {
    var shown = 0
    var taken = 1
    for natural in widths {
      taken += min(natural, ColumnWidths.columnMin) + 3
      guard shown == 0 || taken <= width else { break }
      shown += 1
    }
    widths = Array(widths.prefix(shown))
    ColumnWidths.shrink(&widths, gaps: 3 * shown + 1, to: width)
    return shown
  }

  private func notes(shown: Int, _ names: [String]) -> [String] {
    var notes: [String] = []
    let left = table.rows.count - min(table.rows.count, rowsMax)
    let count = table.rows.count
    notes.append(
      left > 0 ? "\(count - left) of \(count) rows" : "\(count) \(count == 1 ? "row" : "rows")")
    if shown < names.count {
      let hidden = names.dropFirst(shown)
      let named = hidden.prefix(Self.namesMax).joined(separator: ", ")
      let rest = hidden.count > Self.namesMax ? ", …" : ""
      notes.append("\(hidden.count) more columns: \(named)\(rest)")
    }
    return notes
  }

  /// Of columns that do not fit.
  private static let namesMax = 20
}
