// SPDX-License-Identifier: Apache-2.0

/// Rows of text laid out in columns that fit a width: the widest columns give way first.
struct TextTable: Equatable {
  var titles: [String]
  var rows: [[String]] = []

  private static let gap = 2

  init(_ titles: [String]) {
    self.titles = titles
  }

  /// A nil width is as wide as it takes.
  func lines(width: Int?) -> [String] {
    let cells = ([titles] + rows).map { row in row.map(SafeText.line) }
    var widths = titles.indices.map { column in
      cells.map { column < $0.count ? TextWidth.of($0[column]) : 0 }.max() ?? 0
    }
    if let width {
      ColumnWidths.shrink(&widths, gaps: max(widths.count - 1, 0) * Self.gap, to: width)
    }
    return cells.map { row in
      let parts = zip(row, widths).map { cell, width in ColumnWidths.fit(cell, width) }
      let line = parts.joined(separator: String(repeating: " ", count: Self.gap))
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
