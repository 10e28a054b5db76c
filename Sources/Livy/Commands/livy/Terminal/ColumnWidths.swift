// SPDX-License-Identifier: Apache-2.0

/// Makes the columns of a table fit: the widest give way first.
enum ColumnWidths {
  /// Nobody can read a column that is narrower.
  static let columnMin = 4

  /// - Parameter gaps: columns of the terminal that stand between and around the table's.
  static func shrink(_ widths: inout [Int], gaps: Int, to width: Int) {
    let room = width - gaps
    func taken(cap: Int) -> Int { widths.reduce(0) { $0 + min($1, cap) } }
    var low = columnMin
    var high = max(widths.max() ?? 0, columnMin)
    guard taken(cap: high) > room else { return }
    while low < high {
      let middle = (low + high + 1) / 2
      if taken(cap: middle) <= room { low = middle } else { high = middle - 1 }
    }
    var left = room - taken(cap: low)
    for column in widths.indices where widths[column] > low {
      widths[column] = left > 0 ? low + 1 : low
      left -= 1
    }
  }

  /// A cell in exactly so many columns.
  static func fit(_ cell: String, _ width: Int, isNumber: Bool = false) -> String {
    let taken = TextWidth.of(cell)
    guard taken > width else {
      let blanks = String(repeating: " ", count: width - taken)
      return isNumber ? blanks + cell : cell + blanks
    }
    let head = TextWidth.prefix(of: cell, columns: max(width - 1, 0))
    let blanks = String(repeating: " ", count: max(0, width - 1 - TextWidth.of(String(head))))
    return head + "…" + blanks
  }
}
