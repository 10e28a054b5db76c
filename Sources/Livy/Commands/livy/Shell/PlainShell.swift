// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// The shell without a terminal: statements come on standard input, results go to standard output,
/// and the first statement that fails ends it.
struct PlainShell: Sendable {
  let opening: SessionOpening
  let terminal: Terminal
  let folder: ImageFolder
  /// Somebody types the lines: a terminal that cannot be drawn on, or whose output goes elsewhere.
  let isPrompted: Bool

  /// - Parameter chosen: the language to begin with; nil is the session's.
  func run(language chosen: ShellLanguage?) async throws {
    guard let source = ByteSource() else {
      throw CommandFailure(
        .failed, "livy: standard input cannot be waited for: too many open files")
    }
    let running = RunningStatement(
      opening.livy, note: "livy: cancelling the statement; Ctrl-C again leaves it",
      say: { terminal.note($0) })
    let note = "livy: leaving; Ctrl-C again leaves the session as it is"
    try await Interrupts.cancel(note, on: terminal, breakOff: { await running.cancel() }) {
      let line = ProgressLine(terminal)
      let session = try await opening.open(line)
      do {
        try await serve(session, LineSource(source), chosen ?? session.language, running, line)
      } catch {
        // The first error tells more than one of the end.
        _ = try? await opening.end(session)
        throw error
      }
      try await opening.end(session)
    }
  }

  private func serve(
    _ session: OpenSession, _ source: LineSource, _ language: ShellLanguage,
    _ running: RunningStatement, _ line: ProgressLine
  ) async throws {
    var source = source
    var blocks = StatementBlocks(language)
    var isOver = false
    while !isOver {
      if isPrompted {
        let language = blocks.language
        terminal.prompt(blocks.isEmpty ? language.prompt : language.continuation)
      }
      let code: String?
      if let text = try await source.next() {
        code = try blocks.add(text)
      } else {
        code = blocks.end()
        isOver = true
      }
      guard let code else { continue }
      let statement = StatementRun(
        livy: opening.livy, terminal: terminal, running: running, line: line,
        isFollowed: terminal.isOutputShown)
      switch ShellWord(code) {
      case .quit?: return
      case .help?: terminal.note(ShellWord.helpText)
      case .kind(let name)?: blocks.language = try Self.language(name)
      case .sessions?:
        let sessions = try await SessionListCommand.all(opening.livy).sessions
        terminal.show(SessionListCommand.table(sessions).lines(width: nil).joined(separator: "\n"))
      case .load(let name)?:
        let source = try CodeSource.read(file: name)
        let language = source.kind.flatMap { ShellLanguage(word: $0) } ?? blocks.language
        try await run(source.code, language, statement, in: session)
      case nil: try await run(code, blocks.language, statement, in: session)
      }
    }
  }

  private static func language(_ name: String?) throws -> ShellLanguage {
    guard let language = name.flatMap({ ShellLanguage(word: $0) }) else {
      throw CommandFailure(.usage, "livy: write %kind python, scala, sql or r")
    }
    return language
  }

  private func run(
    _ code: String, _ language: ShellLanguage, _ run: StatementRun, in session: OpenSession
  ) async throws {
    let statement: Statement
    do {
      statement = try await run.outcome(of: code, kind: language.kind, in: session.reference)
    } catch let error as ClientError where error.code != .cancelled {
      throw await opening.endReason(of: session) ?? error
    }
    try run.show(statement)
    guard case .ok(_, let bundle)? = statement.output,
      case .text(let text)? = bundle["image/png"], let png = ImageBytes.png(base64: text)
    else { return }
    do {
      terminal.note(
        "image saved: \(try folder.save(png, session: session.id, statement: statement.id))")
    } catch {
      throw CommandFailure(.failed, "livy: the image was not saved: \(error.text)")
    }
  }
}
