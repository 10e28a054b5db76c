// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import Logging

/// Sessions that are used, and those that nobody uses any more.
extension SessionDirectory {
  /// A client has come to use a session. Errors: `.notFound`.
  package func connect(_ reference: SessionReference) async throws(LivyError) -> SessionSnapshot {
    let entry = try listed(reference)
    note(.use, of: reference)
    return await entry.snapshot()
  }

  /// Keeps a session from its end for a while. Passed over for sessions that are not live.
  package func note(_ sign: SessionActivity.Sign, of reference: SessionReference) {
    guard case .live(let session)? = listing[reference] else { return }
    session.noteActivity(sign)
  }

  /// Ends and removes the live sessions whose time has come, all at once: the end of one may take
  /// long. Runs by itself: for unused and old ones with each sweep, for silent clients every
  /// `heartbeatInterval`.
  package func expire(_ causes: Set<SessionExpiry.Cause>) async {
    await withDiscardingTaskGroup { group in
      for entry in listing.all {
        guard case .live(let session) = entry, ends[entry.id] == nil else { continue }
        group.addTask { await self.expire(session, by: causes) }
      }
    }
  }

  private func expire(
    _ session: InteractiveSession, by causes: Set<SessionExpiry.Cause>
  ) async {
    guard let cause = await session.beginEndIfExpired(by: causes) else { return }
    surroundings.logger.info(
      "session \(session.identity.id) has expired (\(cause.rawValue)) and is removed")
    do throws(LivyError) {
      try await end(.id(session.identity.id))
    } catch {
      // Somebody deletes it already, or its record stays: then it is listed as ended, and removed
      // when its time is over.
      surroundings.logger.info("session \(session.identity.id) was not removed: \(error)")
    }
  }
}
