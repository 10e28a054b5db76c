// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Logging

/// All sessions of this server, live and finished: gives them their numbers, finds them by number
/// or name, ends them, and forgets finished ones after a time.
package actor SessionDirectory {
  let surroundings: SessionSurroundings
  let pool: SessionPool
  var listing = SessionListing()
  /// Ends that somebody asked for and that are not over.
  var ends: [SessionID: Task<LivyError?, Never>] = [:]
  /// New sessions are welcome until the server stops.
  var isOpen = true
  /// Clients that wait for something to happen are answered at once.
  var waitsAreOver = false
  private var sweeper: Task<Void, Never>?
  private let slots: StartSlots
  private var random: any RandomNumberGenerator & Sendable

  /// Without `slots` the sessions have `startingMax` of their own.
  package init(
    launcher: any Launcher, store: any StateStore, rendezvous: any DriverRendezvous,
    settings: SessionSettings, slots: StartSlots? = nil, clock: ServerClock = ServerClock(),
    logger: Logger,
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    surroundings = SessionSurroundings(
      launcher: launcher, store: store, rendezvous: rendezvous, settings: settings,
      clock: clock, logger: logger)
    let slots = slots ?? StartSlots(max: settings.startingMax)
    self.slots = slots
    self.random = random
    pool = SessionPool(surroundings, slots: slots, random: random)
  }

  deinit {
    sweeper?.cancel()
  }

  // MARK: Beginning

  /// Gives a session its number and starts it. Returns while it is starting.
  ///
  /// Errors: `.tooMany` above a named limit, with Livy's whole sentence for `startingMax`;
  /// `.invalidRequest` for a name that is empty, all digits or in use (the number is used up by
  /// then); `.store`; `.notActive` while the server stops.
  package func create(_ request: SessionRequest) async throws(LivyError) -> SessionSnapshot {
    try checkOpen()
    guard listing.count < surroundings.settings.sessionsMax else {
      throw LivyError(
        .tooMany,
        "The server lists \(listing.count) sessions, which is the limit; delete some first.")
    }
    guard let slot = slots.take() else {
      throw LivyError(.tooMany, "Rejected, too many sessions are being created!")
    }
    let id = try await surroundings.store.reserveSessionID()
    // The server may have begun to stop meanwhile.
    try check(id, request)
    let driver = await pool.take(for: request)
    do throws(LivyError) {
      return try await begin(id, request, slot, driver)
    } catch {
      if let driver { await pool.discard(driver) }
      throw error
    }
  }

  private func check(_ id: SessionID, _ request: SessionRequest) throws(LivyError) {
    try checkOpen()
    try listing.checkName(request.name, of: id)
  }

  private func begin(
    _ id: SessionID, _ request: SessionRequest, _ slot: StartSlot, _ driver: WarmDriver?
  ) async throws(LivyError) -> SessionSnapshot {
    // Again: others may have come in meanwhile. Nobody does before it is listed.
    try check(id, request)
    let identity = SessionIdentity(
      id: id, uuid: driver?.uuid ?? SessionUUID(using: &random), request: request,
      createdMilliseconds: surroundings.clock.wallMilliseconds(), slot: slot)
    let surroundings = surroundings.of(id, request)
    let session =
      driver.map { InteractiveSession(identity: identity, $0, surroundings: surroundings) }
      ?? InteractiveSession(identity: identity, surroundings: surroundings)
    // Listed before it is saved: from here on nobody else gets its name, and a stop of the server
    // ends it.
    listing.add(.live(session))
    if waitsAreOver { await session.endWaits() }
    do throws(LivyError) {
      if let driver { try await session.open(driver) } else { try await session.open() }
    } catch {
      if driver != nil { await session.end(.requested, orderlyWithin: .zero) }
      listing.remove(id)
      throw error
    }
    return await session.snapshot()
  }

  private func checkOpen() throws(LivyError) {
    guard isOpen else {
      throw LivyError(.notActive, "The server is stopping and takes no new sessions.")
    }
  }

  // MARK: Looking

  /// Nil for an unknown session.
  package func number(of reference: SessionReference) -> SessionID? {
    listing[reference]?.id
  }

  package func snapshot(_ reference: SessionReference) async -> SessionSnapshot? {
    await listing[reference]?.snapshot()
  }

  /// One page in order of creation, and the number of all. A page past the end is empty.
  package func snapshots(
    from: Int, size: Int
  ) async -> (total: Int, page: [SessionSnapshot]) {
    let total = listing.count
    var page: [SessionSnapshot] = []
    for session in listing.page(from: from, size: size) {
      page.append(await session.snapshot())
    }
    return (total, page)
  }

  /// The log in Livy's layout: `stdout: `, its lines, `\nstderr: `, its lines, then why the session
  /// failed. Nil for an unknown session.
  package func log(_ reference: SessionReference) async -> [String]? {
    await listing[reference]?.log(linesMax: surroundings.settings.logLines)
  }

  // MARK: Statements

  /// Takes a statement into the session's journal. Returns when it is in the store, with the
  /// statement `waiting`: from then on it is not lost. With a `limit` it returns when the statement
  /// is over, or as it is after that time.
  ///
  /// Errors: `.notFound`; `.notActive`: `Session is in state <state>`; `.invalidRequest`: `Code
  /// type should be specified if session kind is shared`; `.tooMany` above `waitingStatementsMax`; `.store` when
  /// it could not be kept, and so is not run.
  package func submit(
    _ code: String, kind: StatementKind?, to reference: SessionReference,
    endedWithin limit: Duration = .zero
  ) async throws(LivyError) -> Statement {
    switch try listed(reference) {
    case .live(let session):
      return try await session.submit(code, kind: kind, endedWithin: limit)
    case .past(let record):
      throw LivyError(.notActive, "Session is in state \(record.state.rawValue)")
    }
  }

  /// The statements that are kept, in ascending order.
  ///
  /// Errors: `.notFound`; `.notActive`: `requirement failed: Session isn't active.` for a session
  /// that is not ready yet or has ended: see `history`.
  package func statements(
    of reference: SessionReference
  ) async throws(LivyError) -> ArraySlice<Statement> {
    switch try listed(reference) {
    case .live(let session): return try await session.statements()
    case .past: throw Self.notActive
    }
  }

  /// The statement when it is over, or as it is after `limit`. Nil for an unknown statement, or one
  /// that is no longer kept. Same errors.
  package func statement(
    _ id: StatementID, of reference: SessionReference, endedWithin limit: Duration = .zero
  ) async throws(LivyError) -> Statement? {
    switch try listed(reference) {
    case .live(let session):
      guard limit > .zero else { return try await session.statement(id) }
      return try await session.statement(id, endedWithin: limit)
    case .past: throw Self.notActive
    }
  }

  func listed(_ reference: SessionReference) throws(LivyError) -> SessionListing.Entry {
    guard let entry = listing[reference] else {
      throw LivyError(.notFound, "Session '\(reference)' not found.")
    }
    return entry
  }

  private static let notActive = LivyError(
    .notActive, "requirement failed: Session isn't active.")

  // MARK: Sweeping

  func startSweeping() {
    let clock = surroundings.clock.monotonic
    let interval = surroundings.settings.sweepInterval
    let heartbeatInterval = surroundings.settings.expiry.heartbeatInterval
    let pool = surroundings.settings.pool
    sweeper = Task { [weak self] in
      await withDiscardingTaskGroup { group in
        group.addTask { [weak self] in
          while (try? await clock.sleep(for: interval)) != nil { await self?.sweep() }
        }
        group.addTask { [weak self] in
          while (try? await clock.sleep(for: heartbeatInterval)) != nil {
            await self?.expire([.heartbeat])
          }
        }
        guard pool.size > 0 else { return }
        group.addTask { [weak self] in
          while (try? await clock.sleep(for: pool.interval)) != nil { await self?.tendPool() }
        }
      }
    }
  }

  /// Ends and starts drivers that are kept ready. Runs by itself.
  package func tendPool() async {
    await pool.tend()
  }

  func stopSweeping() {
    sweeper?.cancel()
  }
}

extension SessionSurroundings {
  /// The same, with the session's own settings, and a log that names it.
  func of(_ id: SessionID, _ request: SessionRequest) -> SessionSurroundings {
    var copy = self
    copy.settings = settings.overridden(by: request.conf)
    copy.logger[metadataKey: "session"] = "\(id)"
    return copy
  }
}
