// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import Logging

/// The ends of batches: asked for, by age, and with the server.
extension BatchDirectory {
  /// Ends a batch, waits until no process of it is left, and removes its record. Goes on if the
  /// caller is cancelled.
  ///
  /// Errors, in Livy's words, which speak of sessions: `.notFound`: `Session 'x' not found.`, or
  /// `Session <id> already stopped.` while somebody else ends it; `.store` when the batch is over
  /// but its record could not be removed: it stays listed, and can be removed again.
  package func end(_ reference: BatchReference) async throws(LivyError) {
    guard let entry = listing[reference] else {
      throw LivyError(.notFound, "Session '\(reference)' not found.")
    }
    guard ends[entry.id] == nil else {
      throw LivyError(.notFound, "Session \(entry.id) already stopped.")
    }
    let task = Task { await remove(entry) }
    ends[entry.id] = task
    if let error = await task.value { throw error }
  }

  private func remove(_ entry: Entry) async -> LivyError? {
    defer { ends[entry.id] = nil }
    switch entry {
    case .live(let batch): await batch.end(.requested)
    case .past: break
    }
    do throws(LivyError) {
      try await surroundings.store.removeBatch(entry.id)
      listing.remove(entry.id)
      return nil
    } catch {
      surroundings.logger.error("the record of batch \(entry.id) was not removed: \(error)")
      return error
    }
  }

  /// Removes the batches that have been finished for longer than `stateRetain`. Runs by itself
  /// every `sweepInterval`.
  package func sweep() async {
    let now = now
    let retain = surroundings.settings.stateRetain.milliseconds
    for entry in listing.all {
      guard let finished = await entry.record.finishedMilliseconds,
        now.subtractingReportingOverflow(finished).partialValue >= retain
      else { continue }
      do throws(LivyError) {
        try await end(.id(entry.id))
      } catch {
        // Somebody ends it already, or the store failed: the next sweep tries again.
        surroundings.logger.info("batch \(entry.id) was not swept: \(error)")
      }
    }
  }

  /// Refuses new work and leaves what runs to the next server: for a server that fails.
  package func letGo() async {
    isOpen = false
    stopSweeping()
    for entry in listing.all {
      guard case .live(let batch) = entry else { continue }
      await batch.letGo()
    }
  }

  /// Refuses new work, kills all batches in parallel, and returns when no process is left.
  package func shutDown() async {
    isOpen = false
    stopSweeping()
    await withDiscardingTaskGroup { group in
      for entry in listing.all {
        guard case .live(let batch) = entry else { continue }
        group.addTask { await batch.end(.serverStopped) }
      }
    }
    for end in ends.values { _ = await end.value }
  }
}
