// SPDX-License-Identifier: Apache-2.0

internal import Livy
internal import Synchronization

/// The statement that `livy run` waits for: what a first Ctrl-C cancels.
final class RunningStatement: Sendable {
  private let livy: LivyClient
  private let terminal: Terminal
  private let place = Mutex<(id: Int, session: SessionReference)?>(nil)

  init(_ livy: LivyClient, on terminal: Terminal) {
    self.livy = livy
    self.terminal = terminal
  }

  func saw(_ statement: Statement, of session: SessionReference) {
    place.withLock { $0 = statement.state.isFinished ? nil : (statement.id, session) }
  }

  /// False when none runs, or the server does not cancel it.
  func cancel() async -> Bool {
    guard let (id, session) = place.withLock({ $0 }) else { return false }
    terminal.note("\nlivy: cancelling the statement; Ctrl-C again leaves it")
    do {
      try await livy.cancel(statement: id, of: session)
      return true
    } catch {
      terminal.note(CommandFailure(error).text)
      return false
    }
  }
}
