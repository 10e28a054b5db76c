// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import Logging

/// The ends of sessions: asked for, by age, and with the server.
extension SessionDirectory {
  /// Ends a session, waits until no process of it is left, and removes its record. Goes on if the
  /// caller is cancelled.
  ///
  /// Errors: `.notFound`: `Session 'x' not found.`, or `Session <id> already stopped.` while
  /// somebody else ends it; `.store` when the session is over but its record could not be removed:
  /// it stays listed, and can be removed again.
  package func end(_ reference: SessionReference) async throws(LivyError) {
    let entry = try listed(reference)
    guard ends[entry.id] == nil else {
      throw LivyError(.notFound, "Session \(entry.id) already stopped.")
    }
    let task = Task { await remove(entry) }
    ends[entry.id] = task
    if let error = await task.value { throw error }
  }

  /// Ends a session and waits until no process of it is left; its record stays. One that has ended
  /// already stays as it is. Goes on if the caller is cancelled.
  ///
  /// Errors: `.notFound`.
  package func stop(_ reference: SessionReference) async throws(LivyError) {
    switch try listed(reference) {
    case .live(let session):
      let limit = surroundings.settings.orderlyEndTimeMax
      await Task { await session.end(.requested, orderlyWithin: limit) }.value
    case .past: break
    }
  }

  private func remove(_ entry: SessionListing.Entry) async -> LivyError? {
    defer { ends[entry.id] = nil }
    switch entry {
    case .live(let session):
      await session.end(.requested, orderlyWithin: surroundings.settings.orderlyEndTimeMax)
    case .past(let record): surroundings.settings.uploads.removeAll(of: record.uuid)
    }
    do throws(LivyError) {
      try await surroundings.store.removeSession(entry.id)
      listing.remove(entry.id)
      return nil
    } catch {
      surroundings.logger.error("the record of session \(entry.id) was not removed: \(error)")
      return error
    }
  }

  /// Ends the sessions that nobody uses or that are too old, and removes those that have been
  /// finished for longer than `stateRetain`. Runs by itself every `sweepInterval`.
  package func sweep() async {
    await expire([.idle, .age])
    let now = surroundings.clock.wallMilliseconds()
    let retain = surroundings.settings.stateRetain.milliseconds
    for entry in listing.all {
      if case .live(let session) = entry { await session.dropOverdueStatements() }
      guard let finished = await entry.finishedMilliseconds,
        now.subtractingReportingOverflow(finished).partialValue >= retain
      else { continue }
      if let end = ends[entry.id] {
        _ = await end.value
        continue
      }
      do throws(LivyError) {
        try await end(.id(entry.id))
      } catch {
        // Somebody ends it already, or the store failed: the next sweep tries again.
        surroundings.logger.info("session \(entry.id) was not swept: \(error)")
      }
    }
  }

  /// Answers all who wait for a statement's end, or for news, with what there is; from now on nobody
  /// waits for these.
  package func endWaits() async {
    waitsAreOver = true
    for case .live(let session) in listing.all { await session.endWaits() }
  }

  /// Refuses new work, ends all sessions in parallel, and returns when no process is left. Drivers
  /// that do not end in good order before `limit` is over are killed.
  package func shutDown(within limit: Duration) async {
    isOpen = false
    stopSweeping()
    await withDiscardingTaskGroup { group in
      group.addTask { await self.pool.shutDown(within: limit) }
      for entry in listing.all {
        guard case .live(let session) = entry else { continue }
        group.addTask { await session.end(.serverStopped, orderlyWithin: limit) }
      }
    }
    for end in ends.values { _ = await end.value }
  }
}

extension Duration {
  /// Whole milliseconds; saturates.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let whole = seconds.multipliedReportingOverflow(by: 1_000)
    guard !whole.overflow else { return seconds < 0 ? .min : .max }
    let total = whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return total.overflow ? .max : total.partialValue
  }
}
