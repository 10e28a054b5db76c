// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// Drivers that are started before somebody needs them. Each is started by a session that nobody
/// sees, with all its deadlines and ends; `PoolMachine` decides which there are.
actor SessionPool {
  private let surroundings: SessionSurroundings
  private let slots: StartSlots
  private var machine: PoolMachine
  private var sessions: [SessionUUID: InteractiveSession] = [:]
  /// Ends that are not over.
  private var ends: [SessionUUID: Task<Void, Never>] = [:]
  private var isOpen = true
  private var random: any RandomNumberGenerator & Sendable

  init(
    _ surroundings: SessionSurroundings, slots: StartSlots,
    random: any RandomNumberGenerator & Sendable
  ) {
    self.surroundings = surroundings
    self.slots = slots
    self.random = random
    machine = PoolMachine(surroundings.settings.pool)
  }

  private var now: Int64 { surroundings.clock.wallMilliseconds() }

  var counts: (ready: Int, starting: Int) { machine.counts }

  // MARK: Taking

  /// A driver that was started for such a request of the same owner, which is the caller's from here
  /// on; nil where none is ready. Either way drivers are kept for such requests now.
  func take(for request: SessionRequest) async -> WarmDriver? {
    guard machine.settings.size > 0,
      let stamp = await surroundings.launcher.stamp(of: request)
    else { return nil }
    let profile = SessionProfile(request)
    while isOpen {
      switch machine.ask(profile, stamp, at: now) {
      case .start: return nil
      case .take(let tag):
        guard let session = sessions.removeValue(forKey: tag) else { continue }
        if let driver = await session.handOver() { return driver }
        // It was lost in this moment: perhaps there is another one.
        retire(session)
      }
    }
    return nil
  }

  /// Ends a driver that was taken, for a session that did not come to be.
  func discard(_ driver: WarmDriver) async {
    await surroundings.rendezvous.forget(driver.uuid)
    await driver.application.kill()
    await driver.application.removeSecrets()
    await remove(driver.record)
  }

  // MARK: Keeping

  /// Looks at the drivers, ends what is of no use any more, and starts what is missing. Runs by
  /// itself every `interval`.
  func tend() async {
    for (tag, session) in sessions {
      switch await session.shownState {
      case .starting, .recovering, .notStarted: break
      case .idle: machine.ready(tag)
      case .running, .busy, .shuttingDown, .error, .dead, .killed, .success:
        // It may have been taken since.
        guard sessions.removeValue(forKey: tag) != nil else { continue }
        let reason = await session.reason ?? ""
        surroundings.logger.warning("a driver that was kept ready has ended: \(reason)")
        machine.lost(tag)
        retire(session)
      }
    }
    while isOpen {
      switch machine.step(slots.areFree ? .quiet : .busy, at: now) {
      case .end(let tags):
        for tag in tags { sessions.removeValue(forKey: tag).map(retire) }
      case .start(let profile): await start(profile)
      case .rest: return
      }
    }
  }

  private func start(_ profile: SessionProfile) async {
    let request = profile.request
    guard let stamp = await surroundings.launcher.stamp(of: request) else {
      return machine.forget(profile)
    }
    do throws(LivyError) {
      let id = try await surroundings.store.reserveSessionID()
      guard isOpen else { return }
      var identity = SessionIdentity(
        id: id, uuid: SessionUUID(using: &random), request: request, createdMilliseconds: now,
        slot: nil)
      identity.purpose = .pool
      let session = InteractiveSession(
        identity: identity, surroundings: surroundings.of(id, request))
      sessions[identity.uuid] = session
      machine.started(identity.uuid, stamp, for: profile, at: now)
      try await session.open()
    } catch {
      surroundings.logger.warning("no driver is kept ready: \(error)")
      machine.forget(profile)
    }
  }

  // MARK: Ending

  /// Ends everything, and returns when no process is left. Drivers that do not end in good order
  /// before `limit` is over are killed.
  func shutDown(within limit: Duration) async {
    isOpen = false
    _ = machine.close()
    for session in sessions.values { retire(session, within: limit) }
    sessions = [:]
    while let end = ends.values.first { await end.value }
  }

  private func retire(_ session: InteractiveSession) { retire(session, within: .zero) }

  private func retire(_ session: InteractiveSession, within limit: Duration) {
    let uuid = session.identity.uuid
    ends[uuid] = Task {
      await session.end(.requested, orderlyWithin: limit)
      await remove(session.identity.id)
      ends[uuid] = nil
    }
  }

  /// One that stays is removed when the server begins anew.
  private func remove(_ id: SessionID) async {
    do throws(LivyError) {
      try await surroundings.store.removeSession(id)
    } catch {
      surroundings.logger.error("the record of a driver that was kept ready stays: \(error)")
    }
  }
}
