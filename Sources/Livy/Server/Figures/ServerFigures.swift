// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// How many sessions and statements there are, for whoever shows figures.
package struct SessionFigures: Equatable, Sendable {
  /// States that occur.
  package var sessions: [SessionState: Int] = [:]
  /// Accepted, and not begun.
  package var statementsWaiting = 0
  /// Begun, and not over.
  package var statementsRunning = 0
  /// All that can be read, those among them.
  package var statementsKept = 0
  /// Drivers that are kept ready, and those that are about to be.
  package var pooledReady = 0
  package var pooledStarting = 0

  package init() {}
}

extension SessionDirectory {
  /// Asks each session; for a thousand of them that takes some milliseconds.
  package func figures() async -> SessionFigures {
    var figures = SessionFigures()
    (figures.pooledReady, figures.pooledStarting) = await pool.counts
    for entry in listing.all {
      switch entry {
      case .live(let session): figures = await session.counted(in: figures)
      case .past(let record): figures.sessions[record.state, default: 0] += 1
      }
    }
    return figures
  }

  /// Throws what keeps this server from working with its store.
  package func checkStore() async throws(LivyError) {
    try await surroundings.store.checkWritable()
  }

  /// Throws what keeps this server from taking another session.
  package func checkRoom() throws(LivyError) {
    guard isOpen else {
      throw LivyError(.notActive, "The server is stopping and takes no new sessions.")
    }
    guard listing.count < surroundings.settings.sessionsMax else {
      throw LivyError(
        .tooMany, "The server lists \(listing.count) sessions, which is the limit.")
    }
  }
}

extension InteractiveSession {
  func counted(in figures: SessionFigures) -> SessionFigures {
    var figures = figures
    figures.sessions[machine.shownState, default: 0] += 1
    figures.statementsWaiting += journal.waiting
    figures.statementsRunning += journal.unfinished - journal.waiting
    figures.statementsKept += journal.all.count
    return figures
  }
}

extension BatchDirectory {
  /// How many batches there are in each state that occurs.
  package func figures() async -> [BatchState: Int] {
    var figures: [BatchState: Int] = [:]
    for entry in listing.all { figures[await entry.record.state, default: 0] += 1 }
    return figures
  }
}
