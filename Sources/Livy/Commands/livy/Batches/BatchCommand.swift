// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `livy batch`
struct BatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Run whole applications, look at them, and end them.",
    discussion: """
      A batch is named by its number or its name.

        livy batch run /data/jobs/report.py 2024-03-01
        livy batch ls
        livy batch log 0

      \(CommandStatus.help)
      """,
    subcommands: [
      BatchRunCommand.self, BatchListCommand.self, BatchShowCommand.self, BatchLogCommand.self,
      BatchRemoveCommand.self,
    ])
}
