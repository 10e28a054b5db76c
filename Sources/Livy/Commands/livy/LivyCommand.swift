// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy`
@main
struct LivyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "livy",
    abstract:
      "Interactive sessions and batches on Apache Spark over REST: the server, and what talks to it.",
    discussion: """
      Start a server, then run something:

        livy server
        livy run 'spark.range(1000).count()'
        livy run report.sql
        livy shell
        livy batch run /data/jobs/report.py 2024-03-01

      Commands that talk to a server find it at --url, else at $LIVY_URL, else at \
      http://127.0.0.1:8998. Results go to standard output, all else to standard error.

      \(CommandStatus.help)
      """,
    version: ProductVersion.text,
    subcommands: [
      ServerCommand.self, RunCommand.self, ShellCommand.self, SessionCommand.self,
      BatchCommand.self,
      DoctorCommand.self, ConfigCommand.self, MigrateCommand.self,
    ])

  static func main() async {
    do {
      var command = try await asyncParseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      Terminal.current.note(failure.text)
      exit(withError: ExitCode(failure.status.rawValue))
    } catch let error as ClientError {
      let failure = CommandFailure(error)
      Terminal.current.note(failure.text)
      exit(withError: ExitCode(failure.status.rawValue))
    } catch  where exitCode(for: error) == .validationFailure {
      Terminal.current.note(fullMessage(for: error))
      exit(withError: ExitCode(CommandStatus.usage.rawValue))
    } catch {
      exit(withError: error)
    }
  }
}
