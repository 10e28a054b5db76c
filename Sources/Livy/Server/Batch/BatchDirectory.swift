// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Logging

/// All batches of this server, live and finished: gives them their numbers, finds them by number or
/// name, ends them, and forgets finished ones after a time.
///
/// Limits and intervals are those of sessions; `sessionsMax` and `stateRetain` count for each kind
/// by itself.
package actor BatchDirectory {
  let surroundings: BatchSurroundings
  var listing = BatchListing()
  /// Ends that somebody asked for and that are not over.
  var ends: [BatchID: Task<LivyError?, Never>] = [:]
  /// New batches are welcome until the server stops.
  var isOpen = true
  private var sweeper: Task<Void, Never>?
  private let slots: StartSlots
  private var random: any RandomNumberGenerator & Sendable

  /// Without `slots` the batches have `startingMax` of their own.
  package init(
    launcher: any Launcher, store: any StateStore, settings: SessionSettings,
    slots: StartSlots? = nil, clock: ServerClock = ServerClock(), logger: Logger,
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    surroundings = BatchSurroundings(
      launcher: launcher, store: store, settings: settings, clock: clock, logger: logger)
    self.slots = slots ?? StartSlots(max: settings.startingMax)
    self.random = random
  }

  deinit {
    sweeper?.cancel()
  }

  // MARK: Beginning

  /// What a new server does with batches that run still.
  package enum Recovery: Sendable {
    case takeUp
    /// `livy.server.recovery.mode = off`
    case kill
  }

  /// Takes over what an earlier server left in the store, and begins to forget finished batches
  /// when their time is over. Called once, before anything else.
  ///
  /// A batch that runs still is watched on. One of which nothing is left is `dead`: nobody saw its
  /// exit status. No batch is ever started again.
  package func recover(_ recovery: Recovery = .takeUp) async throws(LivyError) {
    for record in try await surroundings.store.batches() {
      if record.state.isFinished {
        listing.add(.past(record.finished(at: now)))
      } else if let application = await surroundings.launcher.adopt(record.tag) {
        await takeUp(record, application, recovery)
      } else {
        let end: BatchEnd = recovery == .kill ? .leftBehind : .exited(.unseen)
        let past = record.after(end).finished(at: now)
        try await surroundings.store.save(past)
        listing.add(.past(past))
      }
    }
    startSweeping()
  }

  private func takeUp(
    _ record: BatchRecord, _ application: any LaunchedApplication, _ recovery: Recovery
  ) async {
    let batch = Batch(
      identity: BatchIdentity(
        id: record.id, tag: record.tag, request: record.request,
        createdMilliseconds: record.createdMilliseconds, slot: nil),
      surroundings: surroundings.of(record.id))
    listing.add(.live(batch))
    await batch.takeUp(application)
    switch recovery {
    case .takeUp: break
    case .kill: await batch.end(.leftBehind)
    }
  }

  /// Gives a batch its number and starts it. Returns while it is starting.
  ///
  /// Errors: `.tooMany` above a named limit, with Livy's whole sentence for `startingMax`;
  /// `.invalidRequest` for a name that is empty, all digits or in use (the number is used up by
  /// then); `.store`; `.notActive` while the server stops.
  package func create(_ request: BatchRequest) async throws(LivyError) -> BatchSnapshot {
    try checkOpen()
    guard listing.count < surroundings.settings.sessionsMax else {
      throw LivyError(
        .tooMany,
        "The server lists \(listing.count) batches, which is the limit; delete some first.")
    }
    guard let slot = slots.take() else {
      throw LivyError(.tooMany, "Rejected, too many sessions are being created!")
    }
    let id = try await surroundings.store.reserveBatchID()
    try checkOpen()  // The server may have begun to stop meanwhile.
    try listing.checkName(request.name, of: id)
    let batch = Batch(
      identity: BatchIdentity(
        id: id, tag: SessionUUID(using: &random), request: request, createdMilliseconds: now,
        slot: slot),
      surroundings: surroundings.of(id))
    // Listed before it is saved: from here on nobody else gets its name, and a stop of the server
    // ends it.
    listing.add(.live(batch))
    do throws(LivyError) {
      try await batch.open()
    } catch {
      listing.remove(id)
      throw error
    }
    return await batch.snapshot(linesMax: snapshotLines)
  }

  private func checkOpen() throws(LivyError) {
    guard isOpen else {
      throw LivyError(.notActive, "The server is stopping and takes no new batches.")
    }
  }

  // MARK: Looking

  package func snapshot(_ reference: BatchReference) async -> BatchSnapshot? {
    await listing[reference]?.snapshot(linesMax: snapshotLines)
  }

  /// One page in order of creation, and the number of all. A page past the end is empty.
  package func snapshots(from: Int, size: Int) async -> (total: Int, page: [BatchSnapshot]) {
    let total = listing.count
    var page: [BatchSnapshot] = []
    for batch in listing.page(from: from, size: size) {
      page.append(await batch.snapshot(linesMax: snapshotLines))
    }
    return (total, page)
  }

  /// The log in Livy's layout, with both streams of the application as one under `stdout: `, then
  /// why the batch did not succeed. Nil for an unknown batch.
  package func log(_ reference: BatchReference) async -> [String]? {
    await listing[reference]?.log(linesMax: surroundings.settings.logLines)
  }

  private var snapshotLines: Int { surroundings.settings.snapshotLogLines }

  var now: Int64 { surroundings.clock.wallMilliseconds() }

  // MARK: Sweeping

  private func startSweeping() {
    let clock = surroundings.clock.monotonic
    let interval = surroundings.settings.sweepInterval
    sweeper = Task { [weak self] in
      while (try? await clock.sleep(for: interval)) != nil {
        await self?.sweep()
      }
    }
  }

  func stopSweeping() {
    sweeper?.cancel()
  }
}

extension BatchSurroundings {
  /// The same, with a log that names the batch.
  fileprivate func of(_ id: BatchID) -> BatchSurroundings {
    var copy = self
    copy.logger[metadataKey: "batch"] = "\(id)"
    return copy
  }
}
