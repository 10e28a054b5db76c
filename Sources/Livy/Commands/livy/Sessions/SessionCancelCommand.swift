// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy session cancel`
struct SessionCancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancel a statement of a session.",
    discussion: """
      A statement that waits never runs. One that runs is broken off: its Spark jobs are ended, and \
      its code is interrupted. The session goes on with the next one.

        livy session cancel 3 17

      \(CommandStatus.help)
      """)

  @Argument(help: "Number or name of the session.")
  var session: String

  @Argument(help: "Number of the statement.")
  var statement: Int

  @OptionGroup var server: ServerOptions

  func validate() throws {
    guard statement >= 0 else { throw ValidationError("STATEMENT: write a number from 0 on") }
  }

  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    let reference = SessionReference(session)
    // Cancelling an unknown statement is no error to the server, but to a person it is.
    let before = try await livy.statement(statement, of: reference)
    guard !before.state.isFinished else {
      terminal.note("statement \(statement) is \(SafeText.line(before.state.rawValue)) already")
      return
    }
    try await livy.cancel(statement: statement, of: reference)
    let now = try await livy.statement(statement, of: reference)
    terminal.note("statement \(statement) is \(SafeText.line(now.state.rawValue))")
  }
}
