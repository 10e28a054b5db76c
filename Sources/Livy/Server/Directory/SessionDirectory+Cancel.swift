// SPDX-License-Identifier: Apache-2.0

package import LivyCore

extension SessionDirectory {
  /// Cancels one statement. When this returns, one that waited is `cancelled` and never runs, and
  /// one that runs is `cancelling`: its code is being ended. One that is over or unknown is no
  /// error.
  ///
  /// Errors: `.notFound`; `.notActive`: `Session is in state <state>`; `.driverLost`.
  package func cancel(
    _ statement: StatementID, of reference: SessionReference
  ) async throws(LivyError) {
    switch try listed(reference) {
    case .live(let session): try await session.cancel(statement)
    case .past(let record):
      throw LivyError(.notActive, "Session is in state \(record.state.rawValue)")
    }
  }
}
