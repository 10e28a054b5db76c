// SPDX-License-Identifier: Apache-2.0

/// Rows of text laid out in columns that fit a width: the widest columns give way first.
struct TextTable: Equatable {
  var titles: [String]
  var rows: [[String]] = []

  private static let gap = 2
  private static let columnMin = 4

  init(_ titles: [String]) {
    self.titles = titles
  }

  /// A nil width is as wide as it takes.
  func lines(width: Int?) -> [String] {
    let cells = ([titles] + rows).map { row in row.map(SafeText.line) }
    var widths = titles.indices.map { column in
      cells.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    if let width { Self.shrink(&widths, to: width) }
    return cells.map { row in
      let parts = zip(row, widths).map { cell, width in Self.fit(cell, width) }
      let line = parts.joined(separator: String(repeating: " ", count: Self.gap))
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func shrink(_ widths: inout [Int], to width: Int) {
    let gaps = max(widths.count - 1, 0) * gap
    while widths.reduce(gaps, +) > width {
      guard let widest = widths.max(), widest > columnMin,
        let column = widths.firstIndex(of: widest)
      else { return }
      widths[column] -= 1
    }
  }

  private static func fit(_ cell: String, _ width: Int) -> String {
    guard cell.count > width else {
      return cell + String(repeating: " ", count: width - cell.count)
    }
    return cell.prefix(max(width - 1, 0)) + "…"
  }
}
