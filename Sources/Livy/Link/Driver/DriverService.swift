// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Wire
internal import WireCodec
internal import WireMessages

/// The driver's end of a channel: serves the server's calls from a `SessionDriver`. Only a peer
/// that showed the role `server` gets this far; the TLS hook has seen to it.
struct DriverService: DriverHandler {
  let driver: any SessionDriver

  func ping(_ request: PingRequest, _ call: CallContext) async throws -> PingResponse {
    let facts = try await answering { () async throws(LivyError) in try await driver.ping() }
    return PingResponse(
      sparkVersion: facts.sparkVersion, applicationID: facts.applicationID,
      uiURL: facts.uiURL ?? "")
  }

  func execute(
    _ request: WireMessages.ExecuteRequest, _ call: CallContext
  ) async throws -> ExecuteResponse {
    guard let kind = StatementKind(name: request.kind) else {
      throw CallError(.invalidArgument, "Invalid kind: \(request.kind)")
    }
    let order = LivyCore.ExecuteRequest(
      statement: StatementID(request.statement), kind: kind, code: request.code,
      epoch: request.epoch)
    try await answering { () async throws(LivyError) in try await driver.execute(order) }
    return ExecuteResponse()
  }

  func attach(_ request: AttachRequest, _ call: CallContext) async throws -> AttachResponse {
    try await answering { () async throws(LivyError) in
      try await driver.attach(epoch: request.epoch).message
    }
  }

  func cancelStatement(
    _ request: CancelStatementRequest, _ call: CallContext
  ) async throws -> CancelStatementResponse {
    let stage = try await answering { () async throws(LivyError) in
      try await driver.cancel(StatementID(request.statement), epoch: request.epoch)
    }
    return CancelStatementResponse(stage: stage.message)
  }

  func complete(
    _ request: CompleteRequest, _ call: CallContext
  ) async throws -> CompleteResponse {
    guard let kind = StatementKind(name: request.kind) else {
      throw CallError(.invalidArgument, "Invalid kind: \(request.kind)")
    }
    let place = CompletionRequest(
      kind: kind, code: request.code, cursor: Int(clamping: request.cursor))
    let candidates = try await answering { () async throws(LivyError) in
      try await driver.complete(place)
    }
    return CompleteResponse(candidates: candidates)
  }

  func watch(
    _ request: WatchRequest, _ call: CallContext, _ items: ItemSink<Event>
  ) async throws {
    try await answering { () async throws(LivyError) in
      try await driver.watch(after: request.after, epoch: request.epoch) { event in
        // A sink that fails means that the call is over; its task is cancelled, which ends the
        // watch.
        try? await items.send(event.message)
      }
    }
  }

  func acknowledge(
    _ request: AcknowledgeRequest, _ call: CallContext
  ) async throws -> AcknowledgeResponse {
    try await answering { () async throws(LivyError) in
      try await driver.acknowledge(through: request.through)
    }
    return AcknowledgeResponse()
  }

  func endSession(
    _ request: EndSessionRequest, _ call: CallContext
  ) async throws -> EndSessionResponse {
    try await answering { () async throws(LivyError) in try await driver.endSession() }
    return EndSessionResponse()
  }

  func answering<Value>(
    _ body: () async throws(LivyError) -> Value
  ) async throws(CallError) -> Value {
    do {
      return try await body()
    } catch {
      throw CallError(error)
    }
  }
}
