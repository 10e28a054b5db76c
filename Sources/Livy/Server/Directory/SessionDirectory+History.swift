// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Looking back at a session, and looking on.
extension SessionDirectory {
  /// The statements that are kept, in ascending order, also of a session that has ended: they stay
  /// readable as long as it is listed. Errors: `.notFound`; `.store`.
  package func history(
    of reference: SessionReference
  ) async throws(LivyError) -> ArraySlice<Statement> {
    switch try listed(reference) {
    case .live(let session): await session.history()
    case .past(let record): try await surroundings.store.journal(of: record.id).statements[...]
    }
  }

  /// Nil for a statement that is not kept. Same errors.
  package func pastStatement(
    _ id: StatementID, of reference: SessionReference
  ) async throws(LivyError) -> Statement? {
    switch try listed(reference) {
    case .live(let session): await session.pastStatement(id)
    case .past(let record):
      try await surroundings.store.journal(of: record.id).statements.first { $0.id == id }
    }
  }

  /// Errors: `.notFound`.
  package func follow(_ reference: SessionReference) throws(LivyError) -> SessionFollower {
    switch try listed(reference) {
    case .live(let session):
      SessionFollower(session: session, id: session.identity.id, pastState: .dead)
    case .past(let record):
      SessionFollower(session: nil, id: record.id, pastState: record.state)
    }
  }
}
