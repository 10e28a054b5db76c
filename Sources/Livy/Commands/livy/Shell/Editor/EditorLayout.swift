// SPDX-License-Identifier: Apache-2.0

/// Rows of a terminal, and where the cursor stands in them.
struct EditorFrame: Equatable {
  struct Row: Equatable {
    var text = ""
    /// Columns that the text takes.
    var width = 0
  }

  var rows: [Row]
  /// An index of `rows`.
  var cursorRow: Int
  /// From 0.
  var cursorColumn: Int
}

/// Lays the text of the editor out: broken where the terminal ends, and no more of it than the
/// terminal has rows, so that every row that is drawn can be reached again.
struct EditorLayout {
  private let columns: Int
  private let height: Int

  private static let tabWidth = 8

  /// A row is never filled to its end: terminals differ in what they do behind the last column.
  init(columns: Int, rows: Int) {
    self.columns = max(columns - 1, 4)
    height = max(rows - 1, 1)
  }

  /// - Parameters:
  ///   - prompt: before the first line, and `continuation` before each other one.
  ///   - style: of the prompts: an escape sequence that takes no room, or nothing.
  func frame(
    of text: EditorText, prompt: String, continuation: String, style: PromptStyle = .plain
  ) -> EditorFrame {
    let around = linesAround(text)
    var rows: [EditorFrame.Row] = []
    var cursor = (row: 0, column: 0)
    var start = around.start
    while true {
      let end = text.characters[start...].firstIndex(of: "\n") ?? text.end
      let shown = head(start == 0 ? prompt : continuation)
      var line = LaidOutLine(columns: columns, head: shown, style: style)
      for place in start..<end {
        line.makeRoom(for: text.characters[place])
        if place == text.cursor { cursor = (rows.count + line.rows.count - 1, line.width) }
        line.add(text.characters[place])
      }
      if text.cursor == end {
        line.makeRoom(for: " ")
        cursor = (rows.count + line.rows.count - 1, line.width)
      }
      rows += line.rows
      start = end + 1
      guard start <= around.end else { break }
    }
    return cut(rows, cursorRow: cursor.row, cursorColumn: cursor.column)
  }

  /// A prompt that leaves half of a row to the text.
  private func head(_ prompt: String) -> String {
    String(TextWidth.prefix(of: prompt, columns: columns / 2))
  }

  /// The lines that can be seen at all: as many as the terminal has rows, to each side. `start` is a
  /// line's first character, `end` the place behind the last line.
  private func linesAround(_ text: EditorText) -> (start: Int, end: Int) {
    var start = text.lineStart
    for _ in 0..<height where start > 0 {
      start = (text.characters[..<(start - 1)].lastIndex(of: "\n") ?? -1) + 1
    }
    var end = text.lineEnd
    for _ in 0..<height where end < text.end {
      end = text.characters[(end + 1)...].firstIndex(of: "\n") ?? text.end
    }
    return (start, end)
  }

  private func cut(
    _ rows: [EditorFrame.Row], cursorRow: Int, cursorColumn: Int
  ) -> EditorFrame {
    let top = max(0, min(cursorRow - height / 2, rows.count - height))
    let shown = Array(rows[top..<min(top + height, rows.count)])
    return EditorFrame(rows: shown, cursorRow: cursorRow - top, cursorColumn: cursorColumn)
  }

  /// One line of the text, on as many rows as it takes.
  private struct LaidOutLine {
    private(set) var rows: [EditorFrame.Row]
    private(set) var width: Int
    private let columns: Int

    init(columns: Int, head: String, style: PromptStyle) {
      self.columns = columns
      width = TextWidth.of(head)
      rows = [EditorFrame.Row(text: style.around(head), width: width)]
    }

    /// Goes to a new row where this one has too little room.
    mutating func makeRoom(for character: Character) {
      guard width + taken(by: character) > columns, width > 0 else { return }
      rows.append(EditorFrame.Row())
      width = 0
    }

    /// There is room for it.
    mutating func add(_ character: Character) {
      let taken = taken(by: character)
      let isTab = character == "\t"
      width += taken
      rows[rows.count - 1].text +=
        isTab ? String(repeating: " ", count: taken) : String(character)
      rows[rows.count - 1].width = width
    }

    /// A tab goes to the next stop.
    private func taken(by character: Character) -> Int {
      guard character == "\t" else { return TextWidth.of(character) }
      return min(tabWidth - width % tabWidth, columns)
    }
  }
}

/// How a prompt stands out.
struct PromptStyle: Equatable {
  var before: String
  var after: String

  static let plain = PromptStyle(before: "", after: "")
  static let bold = PromptStyle(before: "\u{1B}[1m", after: "\u{1B}[0m")

  func around(_ text: String) -> String { before + text + after }
}
