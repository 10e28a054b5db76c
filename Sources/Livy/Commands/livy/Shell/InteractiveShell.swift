// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Livy

/// The shell at a terminal: asks, runs, shows, until somebody leaves it or the session is over.
actor InteractiveShell {
  let opening: SessionOpening
  private let terminal: Terminal
  let screen: ShellScreen
  let input: ShellInput
  private let printer: ResultPrinter
  private let historyFile: HistoryFile?
  var history = ShellHistory()
  var language: ShellLanguage
  /// What Ctrl-Y brings back, from one statement to the next.
  var killed = ""
  /// Code that needs more lines, as the server has found.
  var incomplete: String?

  init(
    _ opening: SessionOpening, on terminal: Terminal, input: ShellInput, printer: ResultPrinter,
    history: HistoryFile?
  ) {
    self.opening = opening
    self.terminal = terminal
    self.input = input
    self.printer = printer
    screen = printer.screen
    historyFile = history
    language = ShellLanguage(word: opening.request.kind ?? "") ?? .python
  }

  /// - Parameters:
  ///   - chosen: the language to begin with; nil is the session's.
  ///   - beforeEnd: is called when no more keys are wanted.
  func run(
    language chosen: ShellLanguage?, beforeEnd: @Sendable () -> Void
  ) async throws {
    let session = try await open()
    language = chosen ?? session.language
    await readHistory()
    await greet(session)
    do {
      try await serve(session)
    } catch ShellEnd.asked {
      // As any other leave.
    } catch {
      beforeEnd()
      // The first error tells more than one of the end.
      _ = try? await opening.end(session)
      throw error
    }
    beforeEnd()
    await takeLeave(of: session)
    try await opening.end(session)
  }

  private var watch: KeyWatch {
    let screen = screen
    return KeyWatch(input: input, tell: { await screen.say($0, .yellow) })
  }

  private func open() async throws -> OpenSession {
    let line = ProgressLine(terminal)
    let opening = opening
    return try await watch.run(
      interrupt: .ends(
        CommandFailure(.interrupted, "livy: interrupted while the session started")),
      { try await opening.open(line) })
  }

  private func greet(_ session: OpenSession) async {
    let end = opening.ends(session) ? "leaves and ends it" : "leaves it as it is"
    await screen.say("session \(session.id): %help tells what there is, Ctrl-D \(end)", .faint)
    if session.isBusy { await screen.say("it runs a statement: yours wait for their turn", .faint) }
  }

  private func takeLeave(of session: OpenSession) async {
    if opening.ends(session) {
      await screen.say("ending session \(session.id)", .faint)
    } else {
      await screen.say(
        "session \(session.id) stays: livy shell \(session.id) comes back, livy session rm \(session.id) ends it",
        .faint)
    }
  }

  private func readHistory() async {
    guard let historyFile else { return }
    do {
      history = ShellHistory(try historyFile.read())
    } catch {
      await screen.say("there is no history: \(error.text)", .yellow)
    }
  }

  private func remember(_ code: String) {
    // What cannot be written now was told when it was read.
    if history.add(code), let historyFile { try? historyFile.append(code) }
  }

  private func serve(_ session: OpenSession) async throws {
    let watch = SessionWatch(livy: opening.livy, session: session, input: input)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await watch.run() }
      defer { group.cancelAll() }
      while let text = try await ask(session) {
        let code = language.statement(text)
        guard !code.allSatisfy(\.isWhitespace) else { continue }
        // Who begins with a blank does not want it kept.
        if text.first?.isWhitespace == false { remember(code) }
        if let word = ShellWord(code) {
          guard try await act(on: word, in: session) else { return }
        } else {
          try await run(code, text, in: session)
        }
      }
    }
  }

  /// False leaves the shell.
  private func act(on word: ShellWord, in session: OpenSession) async throws -> Bool {
    switch word {
    case .quit: return false
    case .help: await screen.say(ShellWord.helpText)
    case .kind(let name):
      if let name, let chosen = ShellLanguage(word: name) {
        language = chosen
      } else {
        let names = ShellLanguage.allCases.map(\.rawValue).joined(separator: ", ")
        await screen.say(
          name == nil ? "\(language.rawValue); there are \(names)" : "there are \(names)", .yellow)
      }
    case .load(let name):
      do {
        guard !name.isEmpty else { throw CommandFailure(.usage, "livy: %load FILE") }
        let source = try CodeSource.read(file: name)
        let kind = source.kind.flatMap { ShellLanguage(word: $0) } ?? language
        try await run(source.code, source.code, in: session, language: kind)
      } catch let failure as CommandFailure where failure.status == .usage {
        await screen.say(failure.text, .red)
      }
    case .sessions:
      do {
        let table = SessionListCommand.table(
          try await SessionListCommand.all(opening.livy).sessions)
        await screen.say(table.lines(width: TerminalOutput.size.columns).joined(separator: "\n"))
      } catch let error as ClientError {
        await screen.say(CommandFailure(error).text, .red)
      }
    }
    return true
  }

  // MARK: A statement

  private func run(
    _ code: String, _ text: String, in session: OpenSession, language chosen: ShellLanguage? = nil
  ) async throws {
    let language = chosen ?? language
    let before = incomplete
    incomplete = nil
    let live = LiveOutput()
    let statement: Statement
    do {
      statement = try await outcome(of: code, language, live, in: session)
    } catch let error as ClientError where error.code != .cancelled {
      await screen.endOutput()
      if let reason = await opening.endReason(of: session) { throw reason }
      return await screen.say(CommandFailure(error).text, .red)
    }
    if !text.hasSuffix("\n"), Self.wantsMore(statement, code, behind: before) {
      await screen.endOutput()
      incomplete = code
      return
    }
    await printer.show(statement, of: session, behind: live)
  }

  private func outcome(
    of code: String, _ language: ShellLanguage, _ live: LiveOutput, in session: OpenSession
  ) async throws -> Statement {
    let screen = screen
    let livy = opening.livy
    let running = RunningStatement(
      livy, note: "cancelling the statement", say: { await screen.say($0, .yellow) })
    running.isBeingSubmitted()
    return try await watch.run(
      interrupt: .calls { before in
        guard before > 0 else {
          _ = await running.cancel()
          return
        }
        await screen.say(
          "still waiting until the statement ends: Ctrl-\\ leaves the shell", .yellow)
      },
      {
        try await livy.run(
          code, kind: language.kind, in: session.reference,
          onChange: { statement in
            running.saw(statement, of: session.reference)
            // Before the first Spark job there is nothing to draw.
            guard statement.progress > 0, !statement.state.isFinished else { return }
            await screen.bar(ProgressLine.bar(statement.progress))
          },
          onOutput: { offset, piece in await screen.output(live.fresh(piece, offset: offset)) })
      })
  }

  /// Scala's compiler has found the code to go on. It runs code line by line, so nothing has run where
  /// the code was one line, or goes on behind code that was found so. An empty line at its end asks
  /// for the error.
  private static func wantsMore(
    _ statement: Statement, _ code: String, behind before: String?
  ) -> Bool {
    guard case .error(_, let error)? = statement.output, error.value == "incomplete statement"
    else {
      return false
    }
    return !code.contains("\n") || before.map { code.hasPrefix($0 + "\n") } == true
  }
}
