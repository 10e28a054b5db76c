// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `livy session`
struct SessionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session",
    abstract: "Look at sessions, cancel their statements, end them.",
    discussion: """
      A session is named by its number or its name.

      \(CommandStatus.help)
      """,
    subcommands: [
      SessionListCommand.self, SessionShowCommand.self, SessionLogCommand.self,
      SessionCancelCommand.self, SessionRemoveCommand.self,
    ])
}
