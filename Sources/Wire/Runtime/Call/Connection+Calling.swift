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
    let call = NewCall(
      method: method.number, shape: .unary, request: request.encoded(), timeout: timeout)
    let response = try await exchange(call).get()
    return try Response(received: response, asAnswerOf: method.name)
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
      await withCheckedContinuation { callers.wait(for: id, $0) }
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
        guard !callers.isTaken(id) else {
          return .failure(CallError(.failedPrecondition, "two tasks read one stream"))
        }
        await withCheckedContinuation { callers.wait(forItemOf: id, $0) }
      }
    }
  }

  // MARK: Giving up

  /// The task that waits was cancelled. From any thread.
  private nonisolated func cancel(_ id: CallID) {
    loop.submit { [self] in
      assumeIsolated { connection in
        let error = CallError(.cancelled, "the caller was cancelled")
        guard let failed = connection.machine.fail(id, with: error) else { return }
        connection.callers.resume(failed.call, with: .failure(failed.error))
        connection.setNeedsFlush()
      }
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
