// SPDX-License-Identifier: Apache-2.0

import TestSupport

@testable import LivyCommand

/// A terminal as far as the shell uses one: what stands where after some output.
struct ScreenGrid {
  struct Place: Equatable {
    var row: Int
    var column: Int
  }

  private let columns: Int
  private let rows: Int
  /// A wide character stands in its first cell, and the second is empty.
  private var cells: [[String]]
  private(set) var cursor = Place(row: 0, column: 0)

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = [[String]](repeating: [], count: rows)
  }

  /// Without blanks at their ends, and without empty lines at the end.
  var lines: [String] {
    var lines = cells.map { Self.trimmed($0.joined()) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  static func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }

  mutating func write(_ text: String) {
    var rest = Array(text.replacing("\r\n", with: "\n"))[...]
    while let character = rest.popFirst() {
      switch character {
      case "\r": cursor.column = 0
      // As the terminal's driver passes it on.
      case "\n":
        cursor.column = 0
        lineFeed()
      case "\u{7}": break
      case "\u{1B}": control(&rest)
      default: put(character)
      }
    }
  }

  private mutating func lineFeed() {
    cursor.row += 1
    guard cursor.row == rows else { return }
    cursor.row -= 1
    cells.removeFirst()
    cells.append([])
  }

  private mutating func put(_ character: Character) {
    let width = TextWidth.of(character)
    if cursor.column + width > columns {
      cursor.column = 0
      lineFeed()
    }
    while cells[cursor.row].count < cursor.column + width { cells[cursor.row].append(" ") }
    cells[cursor.row][cursor.column] = String(character)
    if width == 2 { cells[cursor.row][cursor.column + 1] = "" }
    cursor.column += width
  }

  private mutating func control(_ rest: inout ArraySlice<Character>) {
    guard rest.popFirst() == "[" else { return }
    var number = ""
    while let character = rest.popFirst() {
      guard character.isLetter else {
        number.append(character)
        continue
      }
      let count = Int(number) ?? 1
      switch character {
      case "A": cursor.row = max(cursor.row - count, 0)
      case "B": cursor.row = min(cursor.row + count, rows - 1)
      case "C": cursor.column = min(cursor.column + count, columns - 1)
      case "K": cells[cursor.row] = Array(cells[cursor.row].prefix(cursor.column))
      case "J" where number == "2": cells = [[String]](repeating: [], count: rows)
      case "J":
        cells[cursor.row] = Array(cells[cursor.row].prefix(cursor.column))
        for row in (cursor.row + 1)..<max(rows, cursor.row + 1) { cells[row] = [] }
      case "H": cursor = Place(row: 0, column: 0)
      default: break
      }
      return
    }
  }
}

extension PseudoTerminal {
  /// All that was written, as a terminal shows it.
  func screen(columns: Int = 80, rows: Int = 60) -> [String] {
    read()
    var grid = ScreenGrid(columns: columns, rows: rows)
    grid.write(output)
    return grid.lines
  }
}
