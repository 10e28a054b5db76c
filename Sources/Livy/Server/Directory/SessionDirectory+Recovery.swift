// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import Logging

/// What an earlier run of the server left: sessions whose drivers may live are taken up again, of
/// the others nothing stays behind.
extension SessionDirectory {
  /// Takes over what is in the store, and begins to forget finished sessions when their time is
  /// over. Called once, before anything else, and before drivers can reach the rendezvous: who is
  /// not readmitted by then is refused, and ends itself.
  package func recover() async throws(LivyError) {
    let records = try await surroundings.store.sessions()
    let failure = await withTaskGroup(of: LivyError?.self) { group in
      for record in records {
        group.addTask { await self.recovered(record) }
      }
      var failure: LivyError?
      for await error in group { failure = failure ?? error }
      return failure
    }
    if let failure { throw failure }
    startSweeping()
  }

  private func recovered(_ record: SessionRecord) async -> LivyError? {
    do throws(LivyError) {
      try await recover(record)
      return nil
    } catch {
      return error
    }
  }

  private func recover(_ record: SessionRecord) async throws(LivyError) {
    if record.state == .notStarted {
      // A driver of the pool, which is of no session: nobody misses it.
      await kill(record)
      return try await surroundings.store.removeSession(record.id)
    }
    if record.state.isFinished {
      return try await list(record, as: nil)
    }
    guard surroundings.settings.recovery == .on else {
      return try await putDown(record, .recoveryOff)
    }
    guard let readmission = DriverReadmission(record) else {
      return try await putDown(record, .stillStarting)
    }
    guard let application = await surroundings.launcher.adopt(record.uuid) else {
      return try await list(record, as: .applicationGone)
    }
    // From here on no other run of the server has a say.
    var record = record
    record.epoch = readmission.epoch
    record.state = .recovering
    try await surroundings.store.save(record)
    let page = try await surroundings.store.journal(of: record.id)
    try await surroundings.rendezvous.readmit(readmission)
    let session = InteractiveSession(
      record, journal: page, surroundings: surroundings.of(record.id, record.request))
    listing.add(.live(session))
    await session.takeUp(application)
    surroundings.logger.info(
      "session \(record.id) of an earlier run is taken up; waiting for its driver")
  }

  /// Nobody will know its driver again: what runs is killed.
  private func putDown(
    _ record: SessionRecord, _ why: SessionEnd.Unrecovered
  ) async throws(LivyError) {
    await kill(record)
    try await list(record, as: why)
  }

  private func kill(_ record: SessionRecord) async {
    guard let application = await surroundings.launcher.adopt(record.uuid) else { return }
    await application.kill()
    await application.removeSecrets()
  }

  private func list(
    _ record: SessionRecord, as why: SessionEnd.Unrecovered?
  ) async throws(LivyError) {
    let past = record.past(why, at: surroundings.clock.wallMilliseconds())
    if past != record { try await surroundings.store.save(past) }
    listing.add(.past(past))
  }
}

extension DriverReadmission {
  /// Under a new lease. Nil where no driver was enrolled yet, or no further lease can be given.
  fileprivate init?(_ record: SessionRecord) {
    let (epoch, overflow) = record.epoch.addingReportingOverflow(1)
    guard let key = record.driverKey, let channel = record.channel, !overflow else { return nil }
    self.init(
      uuid: record.uuid, attempt: record.attempt, epoch: epoch, key: key, channel: channel,
      address: record.driverAddress)
  }
}

extension SessionRecord {
  /// What is listed of a session that is not taken up. The time until it is forgotten begins now if
  /// it has not begun.
  fileprivate func past(_ why: SessionEnd.Unrecovered?, at now: Int64) -> SessionRecord {
    var past = self
    if let why {
      past.state = SessionEnd.serverRestarted(why).state
      past.reason = SessionEnd.serverRestarted(why).words
    }
    past.finishedMilliseconds = past.finishedMilliseconds ?? now
    return past
  }
}
