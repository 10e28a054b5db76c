// SPDX-License-Identifier: Apache-2.0

package import LivyCore

extension SessionDirectory {
  /// Which words may stand at a place in some code; without a kind it is the session's. `cursor`
  /// counts UTF-16 code units and may lie anywhere.
  ///
  /// Errors: `.notFound`; `.notActive`: `Session is in state <state>`; `.invalidRequest` when no kind
  /// is given and the session has none; `.driverLost`.
  package func complete(
    _ code: String, kind: StatementKind?, cursor: Int, in reference: SessionReference
  ) async throws(LivyError) -> [String] {
    switch try listed(reference) {
    case .live(let session): return try await session.complete(code, kind: kind, cursor: cursor)
    case .past(let record):
      throw LivyError(.notActive, "Session is in state \(record.state.rawValue)")
    }
  }
}
