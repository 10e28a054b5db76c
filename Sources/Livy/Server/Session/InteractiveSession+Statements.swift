// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// Statements: into the journal, out to the driver, and what comes back.
extension InteractiveSession {
  /// Takes a statement into the journal, and returns when the store has it: from then on it is not
  /// lost, and on its way to the driver. Or later: when it is over, or `limit` has passed.
  func submit(
    _ code: String, kind: StatementKind?, endedWithin limit: Duration
  ) async throws(LivyError) -> Statement {
    guard machine.takesStatements else {
      throw LivyError(.notActive, "Session is in state \(machine.shownState.rawValue)")
    }
    let kind = try kindOfStatement(asked: kind)
    guard let statement = journal.accept(code, kind: kind) else {
      throw LivyError(
        .tooMany,
        """
        Session \(identity.id) has \(surroundings.settings.waitingStatementsMax) unfinished \
        statements, which is the limit; send more when some have finished.
        """)
    }
    noteActivity(.use)
    let retractions = journal.retractions
    let page = nextPage()
    // One wait for both saves a thread's waking between them.
    if limit > .zero {
      await end(of: statement.id, within: limit) {
        journal.retractions == retractions || statement.id.number < journal.writtenNext
      }
    }
    // A later statement may have been taken back meanwhile.
    let outcome = await page.value
    guard outcome.retractions == retractions else {
      throw LivyError(
        .store,
        "The statement could not be kept, so it was not run; send it again when the store works.",
        cause: outcome.error)
    }
    guard limit > .zero else { return statement }
    return pastStatement(statement.id) ?? statement
  }

  /// Asks the driver, which answers beside its statements.
  func complete(
    _ code: String, kind: StatementKind?, cursor: Int
  ) async throws(LivyError) -> [String] {
    guard machine.takesStatements, let channel else {
      throw LivyError(.notActive, "Session is in state \(machine.shownState.rawValue)")
    }
    let kind = try kindOfStatement(asked: kind)
    noteActivity(.use)
    return try await channel.driver.complete(
      CompletionRequest(kind: kind, code: code, cursor: cursor))
  }

  func statements() throws(LivyError) -> ArraySlice<Statement> {
    try checkServes()
    return history()
  }

  func statement(_ id: StatementID) throws(LivyError) -> Statement? {
    try checkServes()
    return pastStatement(id)
  }

  /// Livy shows statements of a session that serves, and of no other.
  private func checkServes() throws(LivyError) {
    guard machine.phase == .ready, !machine.isEnding else {
      throw LivyError(.notActive, "requirement failed: Session isn't active.")
    }
  }

  /// Results that nobody fetched in time need not wait for the next one's end.
  func dropOverdueStatements() {
    journal.dropOldest(at: now)
  }

  /// All that is kept, also when the session has ended.
  func history() -> ArraySlice<Statement> {
    let all = journal.all
    journal.markRead(all.lazy.filter(\.isFinished).map(\.id), at: now)
    return all
  }

  func pastStatement(_ id: StatementID) -> Statement? {
    guard let statement = journal[id] else { return nil }
    if statement.isFinished { journal.markRead(CollectionOfOne(id), at: now) }
    return statement
  }

  private func kindOfStatement(asked: StatementKind?) throws(LivyError) -> StatementKind {
    if let asked { return asked }
    switch identity.request.kind {
    case .one(let kind): return kind
    case .shared:
      throw LivyError(
        .invalidRequest, "Code type should be specified if session kind is shared")
    }
  }
}
