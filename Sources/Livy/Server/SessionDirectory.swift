// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Logging

/// All sessions of this server, live and finished.
package actor SessionDirectory {
  private let launcher: any Launcher
  private let store: any StateStore
  private let rendezvous: any DriverRendezvous
  private let settings: SessionSettings
  private let clock: ServerClock
  private let logger: Logger

  package init(
    launcher: any Launcher, store: any StateStore, rendezvous: any DriverRendezvous,
    settings: SessionSettings, clock: ServerClock = ServerClock(), logger: Logger
  ) {
    self.launcher = launcher
    self.store = store
    self.rendezvous = rendezvous
    self.settings = settings
    self.clock = clock
    self.logger = logger
  }

  /// Takes over what an earlier server left in the store. Called once, before anything else.
  package func recover() async throws(LivyError) {
    _ = try await store.sessions()
  }

  /// Gives a session its number and starts it. Returns while it is starting.
  ///
  /// Errors: `.tooMany` above a named limit; `.invalidRequest` for a name that is empty, all digits or in use (the number is used up
  /// by then); `.store`; `.notActive` while the server stops.
  package func create(_ request: SessionRequest) async throws(LivyError) -> SessionSnapshot {
    let id = try await store.reserveSessionID()
    throw LivyError(.launchFailed, "Session \(id) cannot be launched.")
  }

  package func snapshot(_ reference: SessionReference) async -> SessionSnapshot? { nil }

  /// One page in order of creation, and the number of all.
  package func snapshots(
    from: Int, size: Int
  ) async -> (total: Int, page: [SessionSnapshot]) { (0, []) }

  /// Ends a session, waits until no process of it is left, and removes its record.
  ///
  /// Errors: `.notFound`: `Session 'x' not found.`, or `Session <id> already stopped.` while somebody else ends it; `.store`.
  package func end(_ reference: SessionReference) async throws(LivyError) {
    throw Self.notFound(reference)
  }

  /// The log in Livy's layout: `stdout: `, its lines, `\nstderr: `, its lines. Nil for an unknown session.
  package func log(_ reference: SessionReference) async -> [String]? { nil }

  /// Takes a statement into the session's journal and sends it to the driver. Returns at once, with the statement `waiting`.
  ///
  /// Errors: `.notFound`; `.notActive`: `Session is in state <state>`; `.invalidRequest`: `Code type should be specified if session
  /// kind is shared`; `.tooMany` above `waitingStatementsMax`.
  package func submit(
    _ code: String, kind: StatementKind?, to reference: SessionReference
  ) async throws(LivyError) -> Statement {
    throw Self.notFound(reference)
  }

  /// The statements that are kept, in ascending order.
  ///
  /// Errors: `.notFound`; `.notActive`: `requirement failed: Session isn't active.` for a session that never was ready under this server.
  /// The statements of a session that ended stay readable as long as the session is listed.
  package func statements(
    of reference: SessionReference
  ) async throws(LivyError) -> [Statement] {
    throw Self.notFound(reference)
  }

  /// Nil for an unknown statement, or one that is no longer kept. Same errors.
  package func statement(
    _ id: StatementID, of reference: SessionReference
  ) async throws(LivyError) -> Statement? {
    throw Self.notFound(reference)
  }

  /// Refuses new work, ends all sessions in parallel, and returns when no process is left. Drivers that do not end in good order
  /// before `limit` is over are killed.
  package func shutDown(within limit: Duration) async {}

  private static func notFound(_ reference: SessionReference) -> LivyError {
    LivyError(.notFound, "Session '\(reference)' not found.")
  }
}
