// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LivyCommand

@Suite("The editor of the shell")
struct LineEditorTests {
  /// Presses keys and says what the text is then, with `|` for the place in it.
  private func pressed(
    _ keys: [Key], language: ShellLanguage = .python, history: [String] = []
  ) -> String {
    var editor = LineEditor(language, history: history)
    for key in keys { _ = editor.press(key) }
    return shown(editor)
  }

  private func shown(_ editor: LineEditor) -> String {
    var text = editor.shown.characters
    text.insert("|", at: editor.shown.cursor)
    return String(text)
  }

  private func control(_ letters: String) -> [Key] { letters.map { .control($0) } }

  static let edits: [(keys: [Key], text: String)] = [
    ([.text("ab"), .left, .text("x")], "ax|b"),
    ([.text("ab"), .home, .delete, .end, .text("c")], "bc|"),
    ([.text("one two"), .control("a"), .control("k")], "|"),
    ([.text("one two"), .wordLeft, .control("k"), .control("y"), .control("y")], "one twotwo|"),
    ([.text("one two"), .control("w"), .control("w"), .control("y")], "one two|"),
    ([.text("a.b c"), .altBackspace, .altBackspace], "a.|"),
    ([.text("one two"), .control("u"), .text("x"), .control("y")], "xone two|"),
    ([.text("one two"), .alt("b"), .alt("b"), .alt("d"), .control("d")], "|two"),
    ([.text("one"), .wordLeft, .wordLeft, .wordRight, .right, .right], "one|"),
    ([.text("e"), .text("\u{301}"), .left], "|e\u{301}"),
    ([.text("👩‍👩‍👧x"), .left, .backspace], "|x"),
    ([.backspace, .delete, .control("k"), .control("y"), .left, .right, .up, .down], "|"),
    ([.paste("a\r\nb\rc\u{1B}[31m\u{0}", isCut: false)], "a\nb\nc[31m|"),
    ([.paste("one\nlonger\nx", isCut: false), .up, .up, .end, .down], "one\nlon|ger\nx"),
    ([.paste("one\n\nx", isCut: false), .up, .up, .up, .right], "o|ne\n\nx"),
    ([.text("x ="), .altEnter, .text("1")], "x =\n1|"),
    ([.text("x"), .altEnter, .tab, .text("y")], "x\n    y|"),
    ([.text("if x:"), .enter, .text("if y:"), .enter, .text("z")], "if x:\n    if y:\n        z|"),
    ([.text("f("), .enter, .text("1"), .enter], "f(\n1\n|"),
    ([.paste("a\nb", isCut: false), .alt("<"), .text("x"), .alt(">"), .text("y")], "xa\nby|"),
  ]

  @Test("Keys change the text", arguments: edits.indices)
  func edit(index: Int) {
    let (keys, text) = Self.edits[index]
    #expect(pressed(keys) == text)
  }

  @Test("Each key tells what is to be done")
  func effects() {
    var editor = LineEditor(.python, history: [])
    #expect(editor.press(.control("d")) == .leave)
    #expect(editor.press(.control("c")) == .giveUp)
    #expect(editor.press(.control("l")) == .clearScreen)
    #expect(editor.press(.control("z")) == .suspend)
    #expect(editor.press(.control("\\")) == .leaveAtOnce)
    #expect(editor.press(.tab) == .complete)
    #expect(editor.press(.left) == .ignore)
    #expect(editor.press(.text("x")) == .redraw)
    #expect(editor.press(.tab) == .complete)
    #expect(editor.press(.control("d")) == .ignore)
    #expect(editor.press(.left) == .redraw)
    #expect(editor.press(.enter) == .accept("x"))
    #expect(editor.text.cursor == 1)
  }

  @Test("Lines that come at once are not indented: they bring their own blanks")
  func burst() {
    var editor = LineEditor(.python, history: [])
    for key in [Key.text("if x:"), .enter, .text("    y"), .enter] {
      _ = editor.press(key, isTyped: false)
    }
    #expect(shown(editor) == "if x:\n    y\n|")
    #expect(editor.press(.enter) == .accept("if x:\n    y\n"))
  }

  @Test("More than the editor takes is refused, and leaves the text as it is")
  func limit() {
    var editor = LineEditor(.python, history: [])
    let most = String(repeating: "x", count: ShellLimits.statementBytesMax)
    #expect(editor.press(.paste(most, isCut: false)) == .redraw)
    #expect(editor.press(.text("y")) == .refuse)
    #expect(editor.press(.backspace) == .redraw)
    #expect(editor.press(.text("é")) == .refuse)
    #expect(editor.press(.text("y")) == .redraw)
    #expect(editor.press(.paste("z", isCut: true)) == .refuse)
    #expect(editor.text.characters.count == ShellLimits.statementBytesMax)
  }

  @Test("Up and Down walk through the history, and back to what was being written")
  func history() {
    let entries = ["first", "a\nb", "last"]
    #expect(pressed([.text("dra"), .up], history: entries) == "last|")
    #expect(pressed([.text("dra"), .up, .up], history: entries) == "a\nb|")
    // First to the line above, then to the entry before.
    #expect(pressed([.up, .up, .up], history: entries) == "a|\nb")
    #expect(pressed([.up, .up, .up, .up, .up, .up], history: entries) == "first|")
    #expect(pressed([.text("dra"), .up, .down], history: entries) == "dra|")
    #expect(pressed(control("pppn") + [.control("n")], history: ["1", "2", "3"]) == "3|")
    #expect(pressed([.down, .up, .down, .down], history: entries) == "|")
  }

  @Test("Ctrl-R finds what was entered, letter by letter, and again what is older")
  func search() {
    let entries = ["spark.range(1)", "x = spark", "print(x)"]
    #expect(pressed([.control("r"), .text("spa")], history: entries) == "x = |spark")
    #expect(
      pressed([.control("r"), .text("spa"), .control("r")], history: entries) == "|spark.range(1)")
    var editor = LineEditor(.python, history: entries)
    for key in [Key.text("dr"), .control("r"), .text("range"), .text("?")] { _ = editor.press(key) }
    #expect(editor.search?.isFailing == true)
    #expect(editor.search?.query == "range?")
    _ = editor.press(.backspace)
    #expect(editor.search?.isFailing == false)
    #expect(shown(editor) == "spark.|range(1)")
    #expect(editor.press(.control("g")) == .redraw)
    #expect(shown(editor) == "dr|")
    for key in [Key.control("r"), .text("print")] { _ = editor.press(key) }
    #expect(editor.press(.enter) == .accept("print(x)"))
    #expect(
      pressed([.control("r"), .text("x"), .control("r"), .control("s")], history: entries)
        == "print(|x)")
    #expect(
      pressed([.control("r"), .text("pri"), .end, .text("#")], history: entries) == "print(x)#|")
    #expect(
      pressed([.control("r"), .control("r"), .control("s"), .backspace, .left], history: []) == "|")
  }

  @Test("Any keys leave the place within the text, and the text within the limit")
  func random() {
    var generator = SplitMix64(seed: 5)
    let words = [
      "a", "é", "e\u{301}", "\u{301}", "漢", "👩‍👩‍👧", "🇩🇪", " ", "(", ")", ":", "\"\"\"", "_x",
    ]
    let plain: [Key] = [
      .enter, .tab, .backspace, .delete, .left, .right, .up, .down, .home, .end, .wordLeft,
      .wordRight,
      .altEnter, .altBackspace, .paste("one\ntwo\r\n\tthree", isCut: false),
      .paste("x", isCut: true),
    ]
    for _ in 0..<200 {
      let language = ShellLanguage.allCases.randomElement(using: &generator) ?? .python
      var editor = LineEditor(language, history: ["one", "two\nlines", "漢字", ""])
      for _ in 0..<150 {
        let key: Key =
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: .text(words.randomElement(using: &generator) ?? "")
          case 1: .control("abcdefghijklmnopqrstuvwxyz\\@".randomElement(using: &generator) ?? "a")
          case 2: .alt("bdf<>xyz".randomElement(using: &generator) ?? "b")
          default: plain.randomElement(using: &generator) ?? .enter
          }
        if case .accept = editor.press(key, isTyped: generator.chance(50)) {
          editor = LineEditor(language, history: ["one"], killed: editor.yankable)
        }
        let shown = editor.shown
        #expect((0...shown.characters.count).contains(shown.cursor))
        #expect(!shown.characters.contains("\r\n"))
        let columns = Int.random(in: 0...40, using: &generator)
        let rows = Int.random(in: 0...6, using: &generator)
        LayoutTests.check(
          EditorLayout(columns: columns, rows: rows)
            .frame(of: shown, prompt: language.prompt, continuation: language.continuation),
          columns: columns, rows: rows)
      }
    }
  }
}
