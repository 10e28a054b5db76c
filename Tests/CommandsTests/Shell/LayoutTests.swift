// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LivyCommand

@Suite("Where the shell draws")
struct LayoutTests {
  /// What holds for every frame: no row is wider than the terminal, there are no more than it has, and
  /// the cursor stands in one.
  static func check(
    _ frame: EditorFrame, columns: Int, rows: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(frame.rows.indices.contains(frame.cursorRow), sourceLocation: sourceLocation)
    #expect(frame.rows.count <= max(rows - 1, 1), sourceLocation: sourceLocation)
    let most = max(columns - 1, 4)
    #expect((0...most).contains(frame.cursorColumn), sourceLocation: sourceLocation)
    for row in frame.rows {
      #expect(
        row.width <= most && row.width == TextWidth.of(row.text), sourceLocation: sourceLocation)
    }
  }

  private func frame(_ text: String, cursor: Int? = nil, columns: Int = 20, rows: Int = 10)
    -> EditorFrame
  {
    var editorText = EditorText(text)
    if let cursor { editorText.move(to: cursor) }
    return EditorLayout(columns: columns, rows: rows)
      .frame(of: editorText, prompt: "python> ", continuation: "   ...> ")
  }

  @Test("Characters take the columns that terminals give them")
  func widths() {
    let cases: [(String, Int)] = [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("カ", 2), ("ｶ", 1), ("한", 2),
      ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤", 1), ("❤\u{FE0F}", 2),
      ("─", 1), ("\u{200B}", 0), ("\u{7}", 0), ("Ａ", 2), ("…", 1), ("⌚", 2), ("\u{AD}", 1),
      ("𠀀", 2),
    ]
    for (text, width) in cases { #expect(TextWidth.of(text) == width, "\(text)") }
    #expect(TextWidth.prefix(of: "漢字", columns: 3) == "漢")
    #expect(TextWidth.prefix(of: "abc", columns: -1) == "")
  }

  @Test(
    "Lines stand behind their prompts; long ones are broken; wide characters never in their middle")
  func rows() {
    #expect(frame("ab").rows.map(\.text) == ["python> ab"])
    #expect(frame("ab").cursorColumn == 10)
    #expect(frame("a\nbc", cursor: 1).rows.map(\.text) == ["python> a", "   ...> bc"])
    #expect(frame("a\nbc", cursor: 1).cursorColumn == 9)
    #expect(frame("a\n").rows.map(\.text) == ["python> a", "   ...> "])
    #expect(frame("a\n").cursorRow == 1)
    #expect(frame("0123456789abcdef").rows.map(\.text) == ["python> 0123456789a", "bcdef"])
    #expect(frame("0123456789漢").rows.map(\.text) == ["python> 0123456789", "漢"])
    // At the end of a full row the cursor goes to the next one.
    #expect(frame("0123456789a").rows.map(\.text) == ["python> 0123456789a", ""])
    #expect(frame("0123456789a", cursor: 0).rows.map(\.text) == ["python> 0123456789a"])
    #expect(frame("\tx").rows.map(\.text) == ["python>         x"])
  }

  @Test("Of a text that is too long the rows around the cursor are shown")
  func window() {
    let lines = (0..<50).map { "line \($0)" }
    let text = lines.joined(separator: "\n")
    #expect(frame(text, rows: 5).rows.map(\.text).last == "   ...> line 49")
    #expect(frame(text, cursor: 0, rows: 5).rows.map(\.text).first == "python> line 0")
    let middle = frame(text, cursor: text.count / 2, rows: 5)
    #expect(middle.rows.count == 4)
    #expect(middle.rows[middle.cursorRow].text.hasPrefix("   ...> line 2"))
  }

  @Test("A line of a megabyte is laid out in a time that nobody waits for", .timeLimit(.minutes(1)))
  func long() {
    let text = String(repeating: "x", count: ShellLimits.statementBytesMax)
    Self.check(frame(text), columns: 20, rows: 10)
    Self.check(frame(text + "", cursor: 500_000), columns: 20, rows: 10)
  }
}

@Suite("What the shell sends to the terminal")
struct ScreenPainterTests {
  private func frame(_ text: String, cursor: Int? = nil, columns: Int = 20, rows: Int = 10)
    -> EditorFrame
  {
    var editorText = EditorText(text)
    if let cursor { editorText.move(to: cursor) }
    return EditorLayout(columns: columns, rows: rows)
      .frame(of: editorText, prompt: "> ", continuation: ". ")
  }

  @Test("A frame takes the place of the one before, wherever the cursor stood")
  func frames() {
    var painter = ScreenPainter()
    var screen = ScreenGrid(columns: 20, rows: 10)
    screen.write(painter.line("before"))
    screen.write(painter.draw(frame("one\ntwo\nthree", cursor: 5)))
    #expect(screen.lines == ["before", "> one", ". two", ". three"])
    #expect(screen.cursor == ScreenGrid.Place(row: 2, column: 3))
    screen.write(painter.draw(frame("x")))
    #expect(screen.lines == ["before", "> x"])
    screen.write(painter.line("told"))
    screen.write(painter.draw(frame("x")))
    #expect(screen.lines == ["before", "told", "> x"])
    screen.write(painter.leaveFrame(behind: "^C"))
    #expect(screen.lines == ["before", "told", "> x^C"])
    #expect(screen.cursor == ScreenGrid.Place(row: 3, column: 0))
  }

  @Test("Frames at the bottom of the screen scroll it, and stay in place")
  func bottom() {
    var painter = ScreenPainter()
    var screen = ScreenGrid(columns: 20, rows: 4)
    for number in 0..<6 { screen.write(painter.line("line \(number)")) }
    screen.write(painter.draw(frame("a\nb", cursor: 0, rows: 4)))
    screen.write(painter.draw(frame("a\nb\nc", cursor: 0, rows: 4)))
    #expect(screen.lines == ["line 5", "> a", ". b", ". c"])
    screen.write(painter.draw(frame("a", rows: 4)))
    #expect(screen.lines == ["line 5", "> a"])
  }

  @Test("The bar goes before output comes, and is not drawn within a line")
  func bar() {
    var painter = ScreenPainter()
    var screen = ScreenGrid(columns: 20, rows: 6)
    screen.write(painter.bar("[##..]"))
    #expect(screen.lines == ["[##..]"])
    screen.write(painter.output("out", isLineEnded: false))
    #expect(screen.lines == ["out"])
    #expect(painter.bar("[###.]") == "")
    screen.write(painter.output("put\n", isLineEnded: true) + painter.bar("[###.]"))
    #expect(screen.lines == ["output", "[###.]"])
    screen.write(painter.takeBar() + painter.endLine())
    #expect(screen.lines == ["output"])
    screen.write(painter.output("x", isLineEnded: false) + painter.line("said"))
    #expect(screen.lines == ["output", "x", "said"])
  }

  @Test("Random frames, words and bars are shown as they are meant")
  func random() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<100 {
      var painter = ScreenPainter()
      let columns = Int.random(in: 12...30, using: &generator)
      var screen = ScreenGrid(columns: columns, rows: 8)
      for _ in 0..<20 {
        if generator.chance(30) { screen.write(painter.line("said")) }
        let words = (0..<Int.random(in: 0...14, using: &generator)).map { _ in
          ["ab", "漢字", "\n", "é", " ", "😀"].randomElement(using: &generator) ?? ""
        }
        let text = words.joined()
        let place = Int.random(in: 0...text.count, using: &generator)
        let frame = frame(text, cursor: place, columns: columns, rows: 8)
        screen.write(painter.draw(frame))
        let shown = Array(screen.lines.suffix(frame.rows.count))
        let rows = frame.rows.map { row in ScreenGrid.trimmed(row.text) }
        // Rows without text at the end are none on a screen.
        if rows.allSatisfy({ !$0.isEmpty }) { #expect(shown == rows) }
        #expect(screen.cursor.column == frame.cursorColumn)
      }
    }
  }

  @Test("A narrower terminal breaks the rows anew, and the next frame takes their place")
  func resize() {
    var painter = ScreenPainter()
    let rows = [
      EditorFrame.Row(text: String(repeating: "x", count: 30), width: 30),
      .init(text: "y", width: 1),
    ]
    _ = painter.draw(EditorFrame(rows: rows, cursorRow: 1, cursorColumn: 1))
    painter.resized(columns: 16)
    // The first row takes two now.
    #expect(painter.takeFrame() == "\u{1B}[2A\r\u{1B}[J")
    painter.resized(columns: 0)
  }
}
