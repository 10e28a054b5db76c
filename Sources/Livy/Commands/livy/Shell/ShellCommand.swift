// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import Livy

/// `livy shell`
struct ShellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Talk to a session, statement by statement.",
    discussion: """
      Without SESSION a new session is made, and ended when the shell is left; with one, that session \
      is used, and stays:

        livy shell
        livy shell --kind sql --conf spark.sql.shuffle.partitions=8
        livy shell 3

      %help at the prompt tells the keys and the words for the shell. Where standard input is no \
      terminal, statements are read from it, one after the other, and the first that fails ends \
      the shell with status 1.

      \(CommandStatus.help)
      """)

  @Argument(help: "Number or name of a session that is there; else a new one is made.")
  var session: String?

  @Option(help: "python, scala, sql or r; else what the session has, else python.")
  var kind: String?

  @Flag(help: "Do not end the new session when the shell is left.")
  var keep = false

  @Flag(name: .customLong("no-history"), help: "Neither read nor write the file of the history.")
  var noHistory = false

  @Option(
    help: "Images: save them as files, show them in the terminal, or auto: show where it can.")
  var images = ImageChoice.auto

  @Option(help: "The folder that images are saved in.")
  var imagesTo = "livy-images"

  @Option(help: "Rows of a table that are drawn.")
  var rows = ShellLimits.tableRowsDefault

  @OptionGroup var new: NewSessionOptions
  @OptionGroup var server: ServerOptions

  func validate() throws {
    guard rows >= 0 else { throw ValidationError("--rows: write a number from 0 on") }
    guard kind == nil || language != nil else {
      throw ValidationError("--kind: write python, scala, sql or r")
    }
    if session != nil, new.isGiven || keep {
      throw ValidationError(
        "SESSION is one that is there: leave out what is for a new one")
    }
  }

  private var language: ShellLanguage? { kind.flatMap { ShellLanguage(word: $0) } }

  func run() async throws {
    let terminal = Terminal.current
    let environment = Surroundings.current.environment
    let opening = try opening()
    let isTyped = isatty(STDIN_FILENO) == 1
    let folder = ImageFolder(path: imagesTo)
    let canDraw = isTyped && terminal.isOutputShown && environment["TERM"] != "dumb"
    guard canDraw, let mode = TerminalMode(), let source = ByteSource() else {
      let shell = PlainShell(
        opening: opening, terminal: terminal, folder: folder, isPrompted: isTyped)
      return try await shell.run(language: language)
    }
    let input = ShellInput(source, mode)
    let printer = ResultPrinter(
      screen: ShellScreen(terminal), rowsMax: rows, folder: folder,
      imageProtocol: try imageProtocol(environment))
    let history = noHistory ? nil : HistoryFile(path: Surroundings.current.historyFile)
    let shell = InteractiveShell(
      opening, on: terminal, input: input, printer: printer, history: history)
    let language = language
    try await ShellSignals.watch(mode, input) {
      mode.enter()
      try await shell.run(language: language, beforeEnd: { mode.restoreForGood() })
    }
  }

  private func opening() throws -> SessionOpening {
    var opening = SessionOpening(livy: try server.client())
    opening.existing = session.map { SessionReference($0) }
    opening.request = try new.request(kind: (language ?? .python).kind)
    opening.startTimeMax = new.startTimeMax
    opening.isKept = keep
    return opening
  }

  private func imageProtocol(_ environment: [String: String]) throws -> ImageProtocol? {
    let known = ImageProtocol(environment: environment)
    if images == .show, known == nil {
      throw CommandFailure(
        .usage,
        "livy: --images show: this terminal is not known to show images (Kitty, Ghostty, iTerm2 and WezTerm do, not within tmux or screen); --images save saves them"
      )
    }
    return images == .save ? nil : known
  }
}
