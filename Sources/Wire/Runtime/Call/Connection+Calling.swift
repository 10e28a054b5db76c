// SPDX-License-Identifier: Apache-2.0

internal import Transport

extension Connection {
  /// Calls a method of the peer and waits for its response.
  ///
  /// Encoding and decoding happen where the caller runs. Cancelling the calling task cancels the
  /// call at the peer.
  /// - Parameter timeout: how long the caller waits; the peer is told and stops as well.
  package nonisolated func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil
  ) async throws(CallError) -> Response {
    let timeout = try CallTimeout(of: timeout)
    guard loop.isCurrent else {
      let call = NewCall(
        method: method.number, shape: .unary, request: request.encoded(),
        timeout: timeout.duration)
      let response = try await exchange(call).get()
      return try Response(received: response, asAnswerOf: method.name)
    }
    if Task.isCancelled { throw CallError(.cancelled, "the caller was cancelled") }
    let waiter = CallWaiter<Response>(core.value, method: method.name)
    let id = try waiter.begin(method.number, request, timeout: timeout)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { waiter.wait(with: $0) }
    } onCancel: {
      cancel(id)
    }
    return try waiter.result().get()
  }

  /// Calls a method of the peer several times at once and waits for all responses, which come in
  /// the order of the requests. Cancelling the calling task cancels the calls at the peer.
  /// Encoding and decoding happen on the connection's loop, so this is for small messages.
  /// - Parameter timeout: for each call, as in `call`.
  package nonisolated func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, all requests: [Request], timeout: Duration? = nil
  ) async throws(CallError) -> [Result<Response, CallError>] {
    let timeout = try CallTimeout(of: timeout)
    if Task.isCancelled { throw CallError(.cancelled, "the caller was cancelled") }
    return loop.isCurrent
      ? await collect(method, requests, timeout) : await enter(method, requests, timeout)
  }

  private func enter<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ requests: [Request], _ timeout: CallTimeout
  ) async -> [Result<Response, CallError>] {
    await collect(method, requests, timeout)
  }

  private nonisolated func collect<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ requests: [Request], _ timeout: CallTimeout
  ) async -> [Result<Response, CallError>] {
    let batch = CallBatch<Response>(core.value, method: method.name, count: requests.count)
    batch.begin(method.number, requests, timeout: timeout)
    let bound = LoopBound(batch, on: loop)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { batch.wait(with: $0) }
    } onCancel: {
      loop.submit { bound.value.cancel() }
    }
    return batch.results()
  }

  /// Calls a method of the peer that answers with a stream. What the peer says to the request, also
  /// an error, is found in the stream.
  /// - Parameter timeout: for the whole stream, from now to its end.
  package nonisolated func open<Request, Item>(
    _ method: ServerStreamingMethod<Request, Item>, _ request: Request, timeout: Duration? = nil
  ) async throws(CallError) -> ItemStream<Item> {
    let call = NewCall(
      method: method.number, shape: .serverStreaming, request: request.encoded(), timeout: timeout)
    let id = try await begin(call)
    return ItemStream(OpenStream(connection: self, id: id, method: method.name))
  }

  private func begin(_ call: NewCall) throws(CallError) -> CallID {
    if Task.isCancelled { throw CallError(.cancelled, "the caller was cancelled") }
    switch machine.begin(call, at: loop.now) {
    case .refused(let error): throw error
    case .begun(let id):
      setNeedsFlush()
      scheduleDeadline()
      return id
    }
  }

  func exchange(_ call: NewCall) async -> CallerTable.Answer {
    let id: CallID
    do throws(CallError) {
      id = try begin(call)
    } catch {
      return .failure(error)
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { core.value.callers.wait(for: id, $0) }
    } onCancel: {
      cancel(id)
    }
  }

  // MARK: Streams

  /// The next item of a stream; `nil` at its end.
  func nextItem(of id: CallID) async throws(CallError) -> [UInt8]? {
    try await withTaskCancellationHandler {
      await takeItem(of: id)
    } onCancel: {
      cancel(id)
    }.get()
  }

  private func takeItem(of id: CallID) async -> Result<[UInt8]?, CallError> {
    while true {
      switch machine.takeItem(of: id) {
      case .item(let bytes):
        if machine.hasOutput { setNeedsFlush() }
        return .success(bytes)
      case .ended: return .success(nil)
      case .failed(let error): return .failure(error)
      case .wait:
        guard !core.value.callers.isTaken(id) else {
          return .failure(CallError(.failedPrecondition, "two tasks read one stream"))
        }
        await withCheckedContinuation { core.value.callers.wait(forItemOf: id, $0) }
      }
    }
  }

  // MARK: Giving up

  /// The task that waits was cancelled. From any thread.
  private nonisolated func cancel(_ id: CallID) {
    loop.submit { [core] in
      core.value.cancel(id, with: CallError(.cancelled, "the caller was cancelled"))
    }
  }

  /// The reader of a stream is gone. From any thread.
  nonisolated func abandon(_ id: CallID) {
    loop.submit { [self] in
      assumeIsolated { connection in
        connection.machine.abandon(id)
        connection.setNeedsFlush()
      }
    }
  }
}
