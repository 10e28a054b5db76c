// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy batch rm`
struct BatchRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "End batches and wait until they are gone.",
    discussion: CommandStatus.help)

  @Argument(help: "Numbers or names of the batches.")
  var batches: [String]

  @OptionGroup var server: ServerOptions

  /// Goes on after a batch that is not there; the status tells of it.
  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    var failure: CommandFailure?
    for batch in batches {
      do throws(ClientError) {
        try await livy.deleteBatch(BatchReference(batch))
        terminal.note("batch \(SafeText.line(batch)) is gone")
      } catch {
        guard error.code == .refused else { throw error }
        let refusal = CommandFailure(error)
        terminal.note(refusal.text)
        failure = refusal
      }
    }
    if let failure { throw ExitCode(failure.status.rawValue) }
  }
}
