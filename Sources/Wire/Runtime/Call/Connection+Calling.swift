// SPDX-License-Identifier: Apache-2.0

internal import Transport
public import WireCodec

extension Connection {
  /// Calls a method of the peer and waits for its response.
  ///
  /// Encoding and decoding happen where the caller runs. Cancelling the calling task cancels the
  /// call at the peer.
  /// - Parameter timeout: how long the caller waits; the peer is told and stops as well. A handler's
  ///   calls get at most what is left of the call that it serves.
  @inlinable
  package nonisolated func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil
  ) async throws(CallError) -> Response {
    let response: EncodedMessage
    if staysOnLoop(#isolation) {
      let terms = try coreOnLoop.terms(timeout)
      let waiter = try waiter()
      let id: CallID
      do throws(CallError) {
        id = try coreOnLoop.begin(method.number, request, terms: terms, for: waiter.receiver)
      } catch {
        waiter.drop()
        throw error
      }
      response = try await self.response(of: id, to: waiter)
    } else {
      response = try await self.response(
        of: method.number, request.encodedApart(), try CallTerms(timeout: timeout))
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
  ) async throws(CallError) -> EncodedMessage {
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
    of method: UInt16, _ request: EncodedMessage, _ terms: CallTerms
  ) async throws(CallError) -> EncodedMessage {
    let waiter = try waiter()
    let id: CallID
    do throws(CallError) {
      id = try core.value.beginInLine(method, request, terms: terms, for: waiter.receiver)
    } catch {
      waiter.drop()
      throw error
    }
    return try await response(of: id, to: waiter)
  }

  func begin(_ call: NewCall) throws(CallError) -> CallID {
    if Task.isCancelled { throw CallError(.cancelled, "the caller was cancelled") }
    switch core.value.machine.begin(call, at: loop.now) {
    case .refused(let error): throw error
    case .begun(let id):
      setNeedsFlush()
      scheduleDeadline()
      return id
    }
  }

  // MARK: Giving up

  /// The task that waits was cancelled. From any thread.
  private nonisolated func cancel(_ id: CallID) {
    loop.submit { [self] in assumeIsolated { $0.cancelCall(id) } }
  }

  func cancelCall(_ id: CallID) {
    core.value.cancel(id, with: CallError(.cancelled, "the caller was cancelled"))
    // The core knows who waits for a response, and not who reads or sends items.
    waiters.wakeAll(of: id)
  }
}
