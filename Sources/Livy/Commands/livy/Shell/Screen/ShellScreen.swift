// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// The terminal as the shell writes to it: one writer, so that output, bar and prompt never mix.
actor ShellScreen {
  private let terminal: Terminal
  private var painter = ScreenPainter()
  private var filter: OutputFilter

  init(_ terminal: Terminal) {
    self.terminal = terminal
    filter = OutputFilter(hasColours: terminal.hasColours)
  }

  private func write(_ text: String) {
    if !text.isEmpty { TerminalOutput.write(text) }
  }

  // MARK: At the prompt

  func draw(_ editor: LineEditor, _ language: ShellLanguage) {
    let size = TerminalOutput.size
    let layout = EditorLayout(columns: size.columns, rows: size.rows)
    let style: PromptStyle = terminal.hasColours ? .bold : .plain
    let frame: EditorFrame
    if let search = editor.search {
      let prompt = (search.isFailing ? "not found" : "search") + " '\(search.query)': "
      frame = layout.frame(of: editor.shown, prompt: prompt, continuation: "", style: style)
    } else {
      frame = layout.frame(
        of: editor.text, prompt: language.prompt, continuation: language.continuation, style: style)
    }
    write(painter.draw(frame))
  }

  func resized() { painter.resized(columns: TerminalOutput.size.columns) }

  /// The frame stands as it is; what follows begins below.
  func leaveFrame(behind mark: String = "") { write(painter.leaveFrame(behind: mark)) }

  func clear() { write(painter.clear()) }

  // MARK: Words and results

  /// Lines that stand for themselves, without what could drive the terminal.
  func say(_ text: String, _ style: Terminal.Style? = nil) {
    let plain = OutputFilter.plain(text)
    write(painter.line(style.map { terminal.styled(plain, $0, shown: true) } ?? plain))
  }

  /// The key did nothing.
  func ring() { write("\u{7}") }

  /// An escape sequence of ours that shows something.
  func show(sequence: String) { write(painter.line(sequence)) }

  /// A piece of what a statement prints.
  func output(_ piece: String) {
    let text = filter.pass(piece)
    write(painter.output(text, isLineEnded: !filter.isLineOpen))
  }

  /// The end of what a statement prints.
  func endOutput() {
    write(painter.takeBar() + filter.end() + painter.endLine())
  }

  // MARK: What moves

  /// A line in the row behind the output, until something else is written there.
  func bar(_ text: String) {
    let width = max(TerminalOutput.size.columns - 1, 1)
    write(painter.bar(String(TextWidth.prefix(of: SafeText.line(text), columns: width))))
  }

  func takeBar() { write(painter.takeBar()) }
}
