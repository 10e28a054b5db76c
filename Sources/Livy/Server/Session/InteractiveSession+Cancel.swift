// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Cancelling a statement: the driver knows best how far it is.
extension InteractiveSession {
  /// A statement that waits is `cancelled` when this returns, one that runs is `cancelling`. One
  /// that is over, or that nobody knows, is left as it is.
  func cancel(_ id: StatementID) async throws(LivyError) {
    guard machine.takesStatements, let channel else {
      throw LivyError(.notActive, "Session is in state \(machine.shownState.rawValue)")
    }
    guard let statement = journal[id], !statement.isFinished else { return }
    switch try await channel.driver.cancel(id, epoch: identity.epoch) {
    case .waited: journal.cancel(id, at: now)
    case .ran: journal.beginCancelling(id)
    case .over: break  // Its end is on its way here.
    }
    publish()
  }
}
