// SPDX-License-Identifier: Apache-2.0

public import LivyAPI

extension LivyClient {
  /// Asks for a session. It is starting when this returns:
  /// ``waitUntilReady(_:within:schedule:onChange:)`` waits for it.
  public func createSession(_ request: CreateSession) async throws(ClientError) -> Session {
    try await post(address.url(["sessions"]), request)
  }

  /// One session.
  public func session(_ reference: SessionReference) async throws(ClientError) -> Session {
    try await get(address.url(["sessions", reference.description]))
  }

  /// Some sessions, in order of their numbers.
  public func sessions(
    from: Int? = nil, size: Int? = nil
  ) async throws(ClientError) -> SessionPage {
    try await get(address.url(["sessions"], query: [("from", from), ("size", size)]))
  }

  /// Some lines of a session's log; the newest ones without `from`.
  public func log(
    of reference: SessionReference, from: Int? = nil, size: Int? = nil
  ) async throws(ClientError) -> LogPage {
    let path = ["sessions", reference.description, "log"]
    return try await get(address.url(path, query: [("from", from), ("size", size)]))
  }

  /// Says that a session is in use, so that it does not count as idle.
  public func connect(_ reference: SessionReference) async throws(ClientError) -> Session {
    try await post(
      address.url(["sessions", reference.description, "connect"]), JSONValue.object([]))
  }

  /// Ends a session and waits until it is gone.
  public func deleteSession(_ reference: SessionReference) async throws(ClientError) {
    try await delete(address.url(["sessions", reference.description]))
  }

  /// How far a session's start has come. Apache Livy does not tell: then it is the state alone.
  public func phases(of reference: SessionReference) async throws(ClientError) -> SessionPhases {
    do {
      return try await get(address.url(["sessions", reference.description, "phases"]))
    } catch let error where error.isNotFound {
      let session = try await session(reference)
      return SessionPhases(id: session.id, state: session.state, created: 0)
    }
  }

  /// Waits until a session takes statements. `onChange` sees the first look and each one that
  /// differs from the one before.
  ///
  /// Throws `.sessionFailed`, with the reason and the last lines of the log, when the session ends
  /// instead, and when it is not ready after `limit`; the session is left as it is.
  public func waitUntilReady(
    _ reference: SessionReference, within limit: Duration = .seconds(600),
    schedule: PollSchedule = .sessions,
    onChange: @Sendable (SessionPhases) async -> Void = { _ in }
  ) async throws(ClientError) -> Session {
    let deadline = ContinuousClock.now + limit
    var last: SessionPhases?
    for wait in schedule.waits() {
      let phases = try await phases(of: reference)
      // This very look may move its end; that is no news of its start.
      var start = phases
      start.expiries = []
      if start != last { await onChange(phases) }
      last = start
      if phases.state.isReady { return try await session(reference) }
      if phases.state.isFinished {
        let log = try? await log(of: reference).log
        let reason = phases.reason ?? "it is \(phases.state)"
        throw ClientError(
          .sessionFailed, "Session \(reference) did not start: \(reason)", log: log ?? [])
      }
      guard ContinuousClock.now < deadline else { break }
      try await pause(wait)
    }
    throw ClientError(
      .sessionFailed, "Session \(reference) did not start within \(limit.formattedSeconds)")
  }

  /// Makes a session, waits for it, runs `body`, and ends the session in every case: also after an
  /// error, and when the task is cancelled.
  public func withSession<Result: Sendable>(
    _ request: CreateSession, startWithin limit: Duration = .seconds(600),
    onChange: @Sendable (SessionPhases) async -> Void = { _ in },
    _ body: (Session) async throws -> Result
  ) async throws -> Result {
    // A cancelled POST might leave a session that nobody knows, so it and the end run in tasks that
    // cannot be cancelled.
    let created = try await Task { try await createSession(request) }.value
    let reference = SessionReference.id(created.id)
    let result: Result
    do {
      let session = try await waitUntilReady(reference, within: limit, onChange: onChange)
      result = try await body(session)
    } catch {
      // The first error tells more than one of the end.
      _ = try? await Task { try await deleteSession(reference) }.value
      throw error
    }
    try await Task { try await deleteSession(reference) }.value
    return result
  }

  func pause(_ wait: Duration) async throws(ClientError) {
    do {
      try await Task.sleep(for: wait)
    } catch {
      throw ClientError(.cancelled, "The wait was cancelled")
    }
  }
}
