// SPDX-License-Identifier: Apache-2.0

extension Connection {
  /// Calls of `method` of which up to `openMax` (at most 32,768) may be under way at once.
  /// - Parameter timeout: for each call, from when it is made.
  /// - Throws: `deadlineExceeded` where `timeout` leaves no time.
  @inlinable
  package nonisolated func calls<Request, Response>(
    _ method: UnaryMethod<Request, Response>, openMax: Int, timeout: Duration? = nil
  ) throws(CallError) -> CallStream<Request, Response> {
    CallStream(coreOnLoop, method, openMax: openMax, terms: try CallTerms(timeout: timeout))
  }

  /// Calls a method of the peer several times at once and waits for all responses, which come in
  /// the order of the requests. Cancelling the calling task cancels the calls at the peer.
  ///
  /// Encoding and decoding happen on the connection's loop, so this is for small messages. A call
  /// that could not be made has its error in its place.
  /// - Parameter timeout: for each call, as in `call`.
  @inlinable
  package nonisolated func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, all requests: [Request], timeout: Duration? = nil
  ) async throws(CallError) -> [Result<Response, CallError>] {
    if requests.count == 1, let request = requests.first {
      do throws(CallError) {
        return [.success(try await call(method, request, timeout: timeout))]
      } catch {
        return [.failure(error)]
      }
    }
    let terms = try CallTerms(timeout: timeout)
    return staysOnLoop(#isolation)
      ? await collect(method, requests, terms) : await enter(method, requests, terms)
  }

  @usableFromInline
  func enter<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ requests: [Request], _ terms: CallTerms
  ) async -> [Result<Response, CallError>] {
    await collect(method, requests, terms)
  }

  /// On the loop, and stays there: a closure runs where its function runs only if it has hold of
  /// the isolation.
  @inlinable
  func collect<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ requests: [Request], _ terms: CallTerms,
    isolation: isolated (any Actor)? = #isolation
  ) async -> [Result<Response, CallError>] {
    let calls = CallStream(coreOnLoop, method, openMax: requests.count, terms: terms)
    let cancel = calls.ring.laterCancel
    var answers: [Result<Response, CallError>] = []
    answers.reserveCapacity(requests.count)
    await withTaskCancellationHandler {
      _ = isolation
      for request in requests {
        if !calls.hasRoom, let answer = await calls.next() { answers.append(answer) }
        do throws(CallError) {
          // What is begun now, no cancel would reach any more.
          if Task.isCancelled { throw CallError(.cancelled, "the caller was cancelled") }
          try calls.send(request)
        } catch {
          while let answer = await calls.next() { answers.append(answer) }
          answers.append(.failure(error))
        }
      }
      while let answer = await calls.next() { answers.append(answer) }
    } onCancel: {
      cancel()
    }
    return answers
  }
}
