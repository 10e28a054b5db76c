// SPDX-License-Identifier: Apache-2.0

public import LivyAPI

extension LivyClient {
  /// Sends code to a session; without a kind it is the session's. Returns at once.
  public func submit(
    _ code: String, kind: String? = nil, in reference: SessionReference
  ) async throws(ClientError) -> Statement {
    try await post(
      address.url(["sessions", reference.description, "statements"]),
      CreateStatement(code: code, kind: kind))
  }

  /// One statement.
  public func statement(
    _ id: Int, of reference: SessionReference
  ) async throws(ClientError) -> Statement {
    try await get(
      address.url(["sessions", reference.description, "statements", String(id)]))
  }

  /// Some statements of a session, in order of their numbers.
  public func statements(
    of reference: SessionReference, from: Int? = nil, size: Int? = nil
  ) async throws(ClientError) -> StatementPage {
    let path = ["sessions", reference.description, "statements"]
    return try await get(address.url(path, query: [("from", from), ("size", size)]))
  }

  /// The statements of a session, in order of their numbers, also when it has ended, for as long as the
  /// server lists it. Apache Livy does not have it: ``ClientError/status`` is 404 there.
  public func history(
    of reference: SessionReference, from: Int? = nil, size: Int? = nil
  ) async throws(ClientError) -> StatementPage {
    let path = ["sessions", reference.description, "history"]
    return try await get(address.url(path, query: [("from", from), ("size", size)]))
  }

  /// Cancels a statement. One that waits never runs; one that runs is `cancelling` until its code has
  /// ended. Returns at once; a statement that is over is left as it is.
  public func cancel(
    statement: Int, of reference: SessionReference
  ) async throws(ClientError) {
    let path = ["sessions", reference.description, "statements", String(statement), "cancel"]
    try await postWithoutAnswer(address.url(path), [], type: "application/json")
  }

  /// Which words may stand at a place in some code; without a kind it is the session's. `cursor` counts
  /// the UTF-16 code units before the place. Runs nothing, and waits for no statement.
  public func complete(
    _ code: String, kind: String? = nil, cursor: Int, in reference: SessionReference
  ) async throws(ClientError) -> [String] {
    let answer: Completion = try await post(
      address.url(["sessions", reference.description, "completion"]),
      CompleteCode(code: code, kind: kind, cursor: cursor))
    return answer.candidates
  }

  /// Runs code to its end. `onChange` sees the statement whenever it has changed: state, progress.
  /// `onOutput` hears what it prints, as it does: the UTF-8 bytes before the piece, and the piece; from
  /// a server that can tell it (Apache Livy cannot), and not always all of it: the result has it
  /// whole.
  ///
  /// A statement that fails is returned, not thrown: look at its output.
  public func run(
    _ code: String, kind: String? = nil, in reference: SessionReference,
    schedule: PollSchedule = .statements,
    onChange: @Sendable (Statement) async -> Void = { _ in },
    onOutput: (@Sendable (Int, String) async -> Void)? = nil
  ) async throws(ClientError) -> Statement {
    var statement = try await submit(code, kind: kind, in: reference)
    await onChange(statement)
    if let onOutput {
      do {
        return try await follow(statement, of: reference, onOutput: onOutput, onChange: onChange)
      } catch {
        guard error.status == 404 || error.status == 405 else { throw error }
      }
    }
    for wait in schedule.waits() {
      if statement.state.isFinished { break }
      try await pause(wait)
      let now = try await self.statement(statement.id, of: reference)
      if now != statement { await onChange(now) }
      statement = now
    }
    return statement
  }

  private func follow(
    _ submitted: Statement, of reference: SessionReference,
    onOutput: @Sendable (Int, String) async -> Void, onChange: @Sendable (Statement) async -> Void
  ) async throws(ClientError) -> Statement {
    var statement = submitted
    try await follow(statement: statement.id, of: reference) { news in
      switch news {
      case .output(_, let offset, let text): return await onOutput(offset, text)
      case .statement(_, let state): statement.state = state
      case .progress(_, let fraction): statement.progress = fraction
      case .done(let whole): statement = whole
      case .session, .held, .reset: return
      }
      await onChange(statement)
    }
    return statement
  }
}
