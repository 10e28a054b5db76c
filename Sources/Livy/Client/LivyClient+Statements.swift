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
  ///
  /// A statement that fails is returned, not thrown: look at its output.
  public func run(
    _ code: String, kind: String? = nil, in reference: SessionReference,
    schedule: PollSchedule = .statements,
    onChange: @Sendable (Statement) async -> Void = { _ in }
  ) async throws(ClientError) -> Statement {
    var statement = try await submit(code, kind: kind, in: reference)
    await onChange(statement)
    for wait in schedule.waits() {
      if statement.state.isFinished { break }
      try await pause(wait)
      let now = try await self.statement(statement.id, of: reference)
      if now != statement { await onChange(now) }
      statement = now
    }
    return statement
  }
}
