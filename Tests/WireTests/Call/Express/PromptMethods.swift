// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

/// Methods whose handlers answer at once; the test servers serve them, too.
enum PromptMethods {
  /// Answers with what it got.
  static let echo = UnaryMethod<Blob, Blob>(number: 20, name: "Prompt.Echo")
  /// Fails with the code of the request's number, or with an error that is not for the wire; 0 is
  /// answered.
  static let fail = UnaryMethod<Blob, Blob>(number: 21, name: "Prompt.Fail")
  /// As many bytes as the request's number says.
  static let grow = UnaryMethod<Blob, Blob>(number: 22, name: "Prompt.Grow")
  /// The time that is left in milliseconds, and the trace context.
  static let context = UnaryMethod<Blob, Blob>(number: 23, name: "Prompt.Context")
  /// Calls the caller's `echo` as often as the number says, and answers.
  static let callBack = UnaryMethod<Blob, Blob>(number: 24, name: "Prompt.CallBack")
  /// Ends its connection: by a goodbye, or, where the number is not 0, at once.
  static let leave = UnaryMethod<Blob, Blob>(number: 25, name: "Prompt.Leave")
}

extension MethodTable {
  mutating func answerPromptly() {
    answerAtOnce(PromptMethods.echo) { request, _ in request }
    answerAtOnce(PromptMethods.fail) { request, _ in
      if request.number == 0 { return request }
      guard let code = CallError.Code(rawValue: UInt8(request.number)) else { throw SecretError() }
      throw CallError(code, "failed as asked", remoteTrace: "line 7")
    }
    answerAtOnce(PromptMethods.grow) { request, _ in
      Blob(request.number, bytes: WireTests.bytes(Int(request.number)))
    }
    answerAtOnce(PromptMethods.context) { _, call in
      let left = call.remaining.map { UInt64($0 / .milliseconds(1)) } ?? 0
      return Blob(left, bytes: call.trace?.bytes ?? [])
    }
    answerAtOnce(PromptMethods.callBack) { request, call in
      let calls = try call.connection.calls(PromptMethods.echo, openMax: Int(request.number))
      for number in 0..<request.number { try calls.send(Blob(number)) }
      return request
    }
    answerAtOnce(PromptMethods.leave) { request, call in
      call.connection.assumeIsolated { request.number == 0 ? $0.goAway() : $0.close() }
      return request
    }
  }
}

extension Connection {
  /// The peer said hello, and so did this side: small messages leave in the turn of their call.
  var sendsAtOnce: Bool { core.value.machine.sendsAtOnce(1) }
  /// Calls that went past the machine and are not over on the wire.
  var shortCalls: Int { core.value.express.openCount }
  /// Calls of this side that the machine has.
  var lineCalls: Int { core.value.machine.local.openCount }

  /// Runs `body` in a task on the loop, once small messages leave at once.
  nonisolated func onLoop<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) async throws -> Value
  ) async throws -> Value {
    _ = await eventually { await self.sendsAtOnce }
    return try await task(body).value
  }

  /// A task on the loop.
  nonisolated func task<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) async throws -> Value
  ) -> Task<Value, any Error> {
    Task(executorPreference: loop.taskExecutor) { try await body(self) }
  }

  /// One answer for each of `numbers`, by a stream of calls that all are under way at once.
  nonisolated func answers(
    of method: UnaryMethod<Blob, Blob>, to numbers: [UInt64], timeout: Duration? = nil
  ) -> Task<[Answer], any Error> {
    task { connection in
      let calls = try connection.calls(method, openMax: max(numbers.count, 1), timeout: timeout)
      for number in numbers { try calls.send(Blob(number)) }
      var answers: [Answer] = []
      while let answer = await calls.next() { answers.append(Answer(answer)) }
      return answers
    }
  }
}

/// What a call brought: its number, or how it failed.
enum Answer: Equatable, Sendable {
  case number(UInt64)
  case failed(CallError.Code)

  init(_ result: Swift.Result<Blob, CallError>) {
    switch result {
    case .success(let blob): self = .number(blob.number)
    case .failure(let error): self = .failed(error.code)
    }
  }
}

/// Waits for the answers of calls.
func expect(
  _ calls: Task<[Answer], any Error>, brings answers: [Answer],
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let came = try await calls.value
  #expect(came == answers, sourceLocation: sourceLocation)
}

extension HostilePeer {
  /// Frames of one kind that came so far.
  func received(_ kind: FrameKind) -> [Frame] { received.filter { $0.header.kind == kind } }

  /// The first `count` requests.
  func requests(_ count: Int) async -> [Frame] {
    _ = await eventually { self.received(.request).count >= count }
    return received(.request)
  }

  /// Waits until small messages leave at once.
  func ready() async {
    _ = await eventually { await self.connection.sendsAtOnce }
  }

  /// Waits until all that was sent before was taken: pings are answered in order.
  func settle() async {
    let pongs = received(.pong).count
    await send(WireTests.frame(.ping, payload: PingPayload.encoded(1)))
    _ = await eventually { self.received(.pong).count > pongs || self.hasEnded }
  }
}

/// The answer to `request`: what it asked.
func response(to request: Frame, flags: FrameFlags = []) -> Frame {
  frame(.response, call: request.header.call.rawValue, flags: flags, payload: request.payload)
}
