// SPDX-License-Identifier: Apache-2.0

internal import Transport

extension Connection {
  /// Calls a method of the peer and waits for its response.
  ///
  /// Encoding and decoding happen where the caller runs. Cancelling the calling task cancels the
  /// call at the peer.
  /// - Parameter timeout: how long the caller waits; the peer is told and stops as well. A handler's
  ///   calls get at most what is left of the call that it serves.
  package nonisolated func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil
  ) async throws(CallError) -> Response {
    let call = NewCall(
      method: method.number, shape: .unary, request: request.encoded(), timeout: timeout
    ).inheriting(CallScope.current)
    let response = try await exchange(call).get()
    return try Response(received: response, asAnswerOf: method.name)
  }

  func begin(_ call: NewCall) throws(CallError) -> CallID {
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

  // MARK: Giving up

  /// The task that waits was cancelled. From any thread.
  private nonisolated func cancel(_ id: CallID) {
    loop.submit { [self] in assumeIsolated { $0.cancelCall(id) } }
  }

  func cancelCall(_ id: CallID) {
    let error = CallError(.cancelled, "the caller was cancelled")
    guard let failed = machine.fail(id, with: error) else { return }
    fail([failed])
    setNeedsFlush()
  }
}
