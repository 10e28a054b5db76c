// SPDX-License-Identifier: Apache-2.0

internal import Transport

extension Connection {
  /// Calls a method of the peer and waits for its response.
  ///
  /// Encoding and decoding happen where the caller runs. Cancelling the calling task cancels the
  /// call at the peer.
  /// - Parameter timeout: how long the caller waits; the peer is told and stops as well.
  @inlinable
  package nonisolated func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil
  ) async throws(CallError) -> Response {
    let timeout = try CallTimeout(of: timeout)
    let response: [UInt8]
    if isOnLoop {
      let waiter = try waiter()
      let id: CallID
      do throws(CallError) {
        id = try coreOnLoop.begin(method.number, request, timeout: timeout, for: waiter.receiver)
      } catch {
        waiter.drop()
        throw error
      }
      response = try await self.response(of: id, to: waiter)
    } else {
      response = try await self.response(of: method.number, request.encoded(), timeout)
    }
    return try Response(received: response, asAnswerOf: method.name)
  }

  @usableFromInline
  nonisolated func waiter() throws(CallError) -> CallWaiter {
    if Task.isCancelled { throw CallError(.cancelled, "the caller was cancelled") }
    return CallWaiter(core.value)
  }

  /// On the loop, and stays there: a closure runs where its function runs only if it has hold of
  /// the isolation.
  @usableFromInline
  func response(
    of id: CallID, to waiter: CallWaiter, isolation: isolated (any Actor)? = #isolation
  ) async throws(CallError) -> [UInt8] {
    let answer = await withTaskCancellationHandler {
      _ = isolation
      return await withUnsafeContinuation { waiter.wait(with: $0) }
    } onCancel: {
      cancel(id)
    }
    return try answer.get()
  }

  /// From off the loop. What comes while the task is on its way to wait is kept for it.
  @usableFromInline
  func response(
    of method: UInt16, _ request: [UInt8], _ timeout: CallTimeout
  ) async throws(CallError) -> [UInt8] {
    let waiter = try waiter()
    let id: CallID
    do throws(CallError) {
      id = try core.value.beginInLine(method, request, timeout: timeout, for: waiter.receiver)
    } catch {
      waiter.drop()
      throw error
    }
    return try await response(of: id, to: waiter)
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
        await withCheckedContinuation { continuation in
          // A task that prefers an executor is put off once more on its way here.
          guard !machine.hasNews(of: id) else { return continuation.resume() }
          core.value.callers.wait(forItemOf: id, continuation)
        }
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
