// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

/// Calls with items: how they are opened, and how items reach their reader.
extension Connection {
  /// Calls a method of the peer that answers with a stream. What the peer says to the request, also
  /// an error, is found in the stream.
  /// - Parameter timeout: for the whole stream, from now to its end.
  package nonisolated func open<Request, Item>(
    _ method: ServerStreamingMethod<Request, Item>, _ request: Request, timeout: Duration? = nil
  ) async throws(CallError) -> ItemStream<Item> {
    let call = NewCall(
      method: method.number, shape: .serverStreaming, request: request.encodedApart(),
      timeout: timeout)
    return ItemStream(try await open(call, method.name))
  }

  /// Calls a method of the peer that takes a stream and answers once. What the peer says to the
  /// call, also an error, is found in its response.
  /// - Parameter timeout: for the whole call, from now to its response.
  package nonisolated func open<Item, Response>(
    _ method: ClientStreamingMethod<Item, Response>, timeout: Duration? = nil
  ) async throws(CallError) -> ClientStreamingCall<Item, Response> {
    let call = NewCall(
      method: method.number, shape: .clientStreaming, request: [], timeout: timeout)
    return ClientStreamingCall(try await open(call, method.name))
  }

  /// Calls a method of the peer that takes a stream and answers with one. What the peer says to the
  /// call, also an error, is found in its answers.
  /// - Parameter timeout: for the whole call, from now to the end of the answers.
  package nonisolated func open<Item, Answer>(
    _ method: BidirectionalStreamingMethod<Item, Answer>, timeout: Duration? = nil
  ) async throws(CallError) -> BidirectionalCall<Item, Answer> {
    let call = NewCall(
      method: method.number, shape: .bidirectional, request: [], timeout: timeout)
    return BidirectionalCall(try await open(call, method.name))
  }

  private nonisolated func open(
    _ call: NewCall, _ method: String
  ) async throws(CallError) -> OpenStream {
    let id = try await begin(call.inheriting(CallScope.current))
    return OpenStream(connection: self, id: id, method: method, role: .caller)
  }

  // MARK: Reading

  /// What can be told at once, without a suspension: `wait` where the caller runs elsewhere, was
  /// cancelled, or has to wait indeed.
  nonisolated func takeItemNow(of id: CallID) -> ConnectionMachine.TakenItem {
    guard loop.isCurrent, !Task.isCancelled else { return .wait }
    return assumeIsolated { $0.takeItem(of: id) }
  }

  private func takeItem(of id: CallID) -> ConnectionMachine.TakenItem {
    let taken = core.value.machine.takeItem(of: id)
    if !core.value.machine.control.isEmpty { setNeedsFlush() }  // Credit to give back.
    return taken
  }

  /// The next item of a stream, or its end; never `wait`.
  func nextItem(of id: CallID) async -> ConnectionMachine.TakenItem {
    guard waiters.startReading(id) else {
      return .failed(CallError(.failedPrecondition, "two tasks read one stream"))
    }
    defer { waiters.endReading(id) }
    return await withTaskCancellationHandler {
      while true {
        let wakes = waiters.wakes
        let taken = takeItem(of: id)
        guard case .wait = taken else { return taken }
        if Task.isCancelled, id.opener != core.value.machine.side {
          return .failed(CallError(.cancelled, "the reading task was cancelled"))
        }
        await withCheckedContinuation { continuation in
          guard waiters.wakes == wakes else { return continuation.resume() }
          waiters.wait(forItemOf: id, continuation)
        }
      }
    } onCancel: {
      giveUp(id)
    }
  }

  // MARK: Sending

  /// The same for sending: `wait` where it cannot be decided at once.
  nonisolated func sendNow(_ item: EncodedMessage, to id: CallID) -> ConnectionMachine.OfferResult {
    guard loop.isCurrent, !Task.isCancelled else { return .wait }
    return assumeIsolated { $0.offer(item, to: id) }
  }

  private func offer(_ item: EncodedMessage, to id: CallID) -> ConnectionMachine.OfferResult {
    if core.value.sendAtOnce(item, to: id) { return .accepted }
    let result = core.value.machine.offer(item, to: id)
    if result == .accepted { setNeedsFlush() }
    return result
  }

  /// Sends an item of a caller or of a handler; waits for credit.
  func send(_ item: EncodedMessage, to id: CallID) async throws(CallError) {
    while true {
      if Task.isCancelled { try stopSending(to: id) }
      let wakes = waiters.wakes
      switch offer(item, to: id) {
      case .accepted: return
      case .refused(let error): throw error
      case .wait:
        await withTaskCancellationHandler {
          await withCheckedContinuation { continuation in
            guard waiters.wakes == wakes else { return continuation.resume() }
            waiters.wait(forCreditOf: id, continuation)
          }
        } onCancel: {
          giveUp(id)
        }
      }
    }
  }

  /// The sending task was cancelled. If the call ended before, the next offer tells why.
  private func stopSending(to id: CallID) throws(CallError) {
    if id.opener == core.value.machine.side {
      cancelCall(id)
    } else if core.value.machine.remote[id]?.answer == .running {
      throw CallError(.cancelled, "the sending task was cancelled")
    }
  }

  /// From any thread.
  nonisolated func finishItems(of id: CallID) {
    onLoop { connection in
      connection.core.value.machine.finishItems(of: id)
      connection.waiters.wakeSenders(of: id)
      connection.setNeedsFlush()
    }
  }

  // MARK: Giving up

  /// The task that reads or sends was cancelled: a caller's call ends, a handler's waits do. From
  /// any thread.
  private nonisolated func giveUp(_ id: CallID) {
    loop.submit { [self] in
      assumeIsolated { connection in
        if id.opener == connection.core.value.machine.side {
          connection.cancelCall(id)
        } else {
          connection.waiters.wakeAll(of: id)
        }
      }
    }
  }

  /// The last holder of a caller's stream is gone. From any thread.
  nonisolated func abandon(_ id: CallID) {
    loop.submit { [self] in
      assumeIsolated { connection in
        connection.core.value.machine.abandon(id)
        connection.waiters.wakeAll(of: id)
        connection.setNeedsFlush()
      }
    }
  }

  private nonisolated func onLoop(_ body: @escaping @Sendable (isolated Connection) -> Void) {
    if loop.isCurrent {
      assumeIsolated(body)
    } else {
      loop.submit { [self] in assumeIsolated(body) }
    }
  }
}
