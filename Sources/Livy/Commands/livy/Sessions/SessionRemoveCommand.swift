// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy session rm`
struct SessionRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "End sessions and wait until they are gone.",
    discussion: CommandStatus.help)

  @Argument(help: "Numbers or names of the sessions.")
  var sessions: [String]

  @OptionGroup var server: ServerOptions

  /// Goes on after a session that is not there; the status tells of it.
  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    var failure: CommandFailure?
    for session in sessions {
      do throws(ClientError) {
        try await livy.deleteSession(SessionReference(session))
        terminal.note("session \(SafeText.line(session)) is gone")
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
