// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport
internal import Wire
internal import WireCodec
internal import WireMessages

/// The server's end of a channel: a driver in domain words, whoever dialled.
struct RemoteDriver: SessionDriver {
  let connection: Connection
  let limits: LinkLimits
  var client: DriverClient { DriverClient(connection) }
  /// The connection's loop.
  var executor: (any TaskExecutor)? { connection.loop.taskExecutor }

  init(connection: Connection, limits: LinkLimits) {
    self.connection = connection
    self.limits = limits
  }

  func ping() async throws(LivyError) -> ApplicationFacts {
    do {
      // The session machine owns the deadline of this phase; the ping may wait long for the
      // SparkSession.
      let answer = try await client.ping(PingRequest(), timeout: nil)
      return ApplicationFacts(
        sparkVersion: answer.sparkVersion, applicationID: answer.applicationID,
        uiURL: answer.uiURL.isEmpty ? nil : answer.uiURL)
    } catch {
      throw LivyError(error, doing: "the ping job ran")
    }
  }

  func execute(_ request: LivyCore.ExecuteRequest) async throws(LivyError) {
    if let error = await execute(all: [request]).first ?? nil { throw error }
  }

  /// On the connection's loop, where the calls leave together and cost least.
  @concurrent func execute(all requests: [LivyCore.ExecuteRequest]) async -> [LivyError?] {
    let messages = requests.map { request in
      WireMessages.ExecuteRequest(
        statement: request.statement.number, kind: request.kind.rawValue, code: request.code,
        epoch: request.epoch)
    }
    do throws(CallError) {
      let answers = try await withTaskExecutorPreference(connection.loop.taskExecutor) {
        () async throws(CallError) in
        try await connection.call(
          WireMessages.DriverService.execute, all: messages, timeout: limits.answerTimeout)
      }
      return zip(requests, answers).map { request, answer in
        answer.error.map { LivyError($0, handingOver: request.statement) }
      }
    } catch {
      return requests.map { LivyError(error, handingOver: $0.statement) }
    }
  }

  func attach(epoch: UInt64) async throws(LivyError) -> DriverStanding {
    do throws(CallError) {
      let answer = try await client.attach(
        AttachRequest(epoch: epoch), timeout: limits.answerTimeout)
      guard let standing = DriverStanding(answer) else {
        throw CallError(.unimplemented, "the driver is in a state that this server does not know")
      }
      return standing
    } catch {
      throw LivyError(error, doing: "the session was taken up")
    }
  }

  func cancel(
    _ statement: StatementID, epoch: UInt64
  ) async throws(LivyError) -> LivyCore.StatementStage {
    do {
      let answer = try await client.cancelStatement(
        CancelStatementRequest(statement: statement.number, epoch: epoch),
        timeout: limits.answerTimeout)
      return LivyCore.StatementStage(answer.stage)
    } catch {
      throw LivyError(error, doing: "statement \(statement) was cancelled")
    }
  }

  func complete(_ request: CompletionRequest) async throws(LivyError) -> [String] {
    let message = CompleteRequest(
      kind: request.kind.rawValue, code: request.code, cursor: UInt32(clamping: request.cursor))
    do {
      return try await client.complete(message, timeout: limits.answerTimeout).candidates
    } catch {
      throw LivyError(error, doing: "code was completed")
    }
  }

  /// On the connection's loop: events that came together are taken without a pause.
  @concurrent func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError) {
    do throws(CallError) {
      try await withTaskExecutorPreference(connection.loop.taskExecutor) {
        () async throws(CallError) in
        let events = try await client.watch(WatchRequest(after: after, epoch: epoch), timeout: nil)
        for try await event in events {
          if let event = DriverEvent(event) { await deliver(event) }
        }
      }
    } catch {
      if error.code == .cancelled, Task.isCancelled { return }
      throw LivyError(error, doing: "the session was watched")
    }
    if !Task.isCancelled {
      throw LivyError(.driverLost, "the driver ended its event stream")
    }
  }

  func acknowledge(through number: UInt64) async throws(LivyError) {
    do {
      _ = try await client.acknowledge(
        AcknowledgeRequest(through: number), timeout: limits.answerTimeout)
    } catch {
      throw LivyError(error, doing: "event \(number) was acknowledged")
    }
  }

  func endSession() async throws(LivyError) {
    do {
      _ = try await client.endSession(EndSessionRequest(), timeout: limits.answerTimeout)
    } catch {
      throw LivyError(error, doing: "the session was ended")
    }
  }
}

extension LivyError {
  fileprivate init(_ error: CallError, handingOver statement: StatementID) {
    self.init(error, doing: "statement \(statement) was handed over")
  }
}

extension Result {
  fileprivate var error: Failure? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
