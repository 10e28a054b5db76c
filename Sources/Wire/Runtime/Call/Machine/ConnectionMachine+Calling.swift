// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// A call that a caller wants to make.
struct NewCall {
  var method: UInt16
  var shape: MethodShape
  var request: [UInt8]
  var timeout: Duration?
}

extension ConnectionMachine {
  enum BeginResult: Equatable {
    case begun(CallID)
    case refused(CallError)
  }

  mutating func begin(_ call: NewCall, at now: LoopInstant) -> BeginResult {
    if let error = refusal(of: call) { return .refused(error) }
    var state = LocalCall()
    if call.shape == .serverStreaming {
      state.inbox = ItemInbox(creditBytes: limits.streamCreditBytes)
    }
    guard let id = local.open(state) else { return .refused(tooManyCalls) }
    if call.shape == .serverStreaming { localStreams += 1 }
    let deadline = call.timeout.map { now.advanced(by: $0) }
    if let deadline { addDeadline(deadline, of: id) }
    local[id]?.outbox.append(
      OutgoingMessage(
        kind: .request, payload: call.request, method: call.method, deadline: deadline))
    queuedBytes += call.request.count
    lineUp(id)
    return .begun(id)
  }

  var tooManyCalls: CallError {
    CallError(.resourceExhausted, "the peer lets \(peer.openCallsMax) calls be open")
  }

  private func refusal(of call: NewCall) -> CallError? {
    if case .ended(let error) = phase { return error }
    guard farewells.isEmpty else {
      return CallError(.unavailable, "the connection is about to close")
    }
    if let timeout = call.timeout, timeout <= .zero {
      return CallError(.deadlineExceeded, "no time is left for the call")
    }
    if let error = limitReached(by: call.request.count, shape: call.shape) { return error }
    guard queuedBytes + call.request.count <= limits.queuedBytesMax else {
      return CallError(
        .resourceExhausted, "\(queuedBytes) bytes wait to be sent; the peer reads too slowly")
    }
    guard call.shape == .unary || localStreams < peer.openStreamsMax else {
      return CallError(.resourceExhausted, "the peer lets \(peer.openStreamsMax) streams be open")
    }
    return nil
  }

  private func limitReached(by requestBytes: Int, shape: MethodShape) -> CallError? {
    guard requestBytes > peer.messageBytesMax else { return nil }
    return CallError(
      .resourceExhausted,
      "the request has \(requestBytes) bytes; the peer takes \(peer.messageBytesMax)")
  }

  /// The peer's hello came after these calls were begun: those that it does not take fail.
  mutating func failCallsAboveLimits() -> [FailedCall] {
    var streams = 0
    return local.openIDs.compactMap { id in
      guard let call = local[id] else { return nil }
      if call.inbox != nil { streams += 1 }
      let bytes = call.outbox.head?.payload.count ?? 0
      if id.index >= peer.openCallsMax {
        return fail(
          id, with: CallError(.resourceExhausted, "the peer takes \(peer.openCallsMax) calls"))
      }
      if call.inbox != nil, streams > peer.openStreamsMax {
        return fail(
          id, with: CallError(.resourceExhausted, "the peer takes \(peer.openStreamsMax) streams"))
      }
      return limitReached(by: bytes, shape: .unary).flatMap { fail(id, with: $0) }
    }
  }

  // MARK: Giving up

  /// Ends a call from this side: its caller gets `error`, the peer a cancel if it heard of the
  /// call. `nil` when its caller has its outcome already.
  mutating func fail(_ id: CallID, with error: CallError) -> FailedCall? {
    // A stream that ended already stays whole, although its reader is late.
    guard local[id]?.caller == .waiting, local[id]?.inbox?.outcome == nil else { return nil }
    stopOnWire(id)
    if local[id]?.inbox == nil {
      local[id]?.caller = .gone
    } else {
      local[id]?.inbox?.removeAll(from: &budget)
      local[id]?.inbox?.finish(.failed(error))
    }
    closeLocalIfOver(id)
    return FailedCall(call: id, error: error)
  }

  /// The reader of a stream is gone.
  mutating func abandon(_ id: CallID) {
    guard local[id] != nil else { return }
    local[id]?.caller = .gone
    local[id]?.inbox?.removeAll(from: &budget)
    stopOnWire(id)
    closeLocalIfOver(id)
  }

  private mutating func stopOnWire(_ id: CallID) {
    guard let call = local[id] else { return }
    local[id]?.partial.drop(from: &budget)
    switch call.sending {
    case .queued:
      dropOutbox(id)
      local[id]?.sending = .done
      local[id]?.receiving = .over
    case .partly:
      sendCancel(id)
    case .done:
      if call.receiving == .open { sendCancel(id) }
    case .cancelling, .cancelled:
      break
    }
  }

  private mutating func sendCancel(_ id: CallID) {
    dropOutbox(id)
    local[id]?.sending = .cancelling
    control.calls.append(id)
  }

  // MARK: Outcomes

  /// The peer sent its last frame. A request that is still being sent is broken off: nobody reads
  /// it any more.
  mutating func finishReceiving(_ id: CallID) {
    local[id]?.receiving = .over
    local[id]?.partial.drop(from: &budget)
    if local[id]?.sending == .partly { sendCancel(id) }
    closeLocalIfOver(id)
  }

  enum TakenItem: Equatable {
    case item([UInt8])
    case wait
    case ended
    case failed(CallError)
  }

  /// The reader of a stream wants the next item. After `ended` or `failed` the stream is forgotten.
  mutating func takeItem(of id: CallID) -> TakenItem {
    guard let call = local[id], call.inbox != nil else { return .ended }
    if let bytes = local[id]?.inbox?.popFirst(from: &budget) {
      returnCredit(bytes.count + WireLimits.itemOverheadBytes, of: id)
      return .item(bytes)
    }
    guard let outcome = call.inbox?.outcome else { return .wait }
    local[id]?.caller = .gone
    closeLocalIfOver(id)
    switch outcome {
    case .ended: return .ended
    case .failed(let error): return .failed(error)
    }
  }

  /// `takeItem` has something else to say than `wait`.
  func hasNews(of id: CallID) -> Bool {
    guard let inbox = local[id]?.inbox else { return true }
    return !inbox.isEmpty || inbox.outcome != nil
  }

  private mutating func returnCredit(_ bytes: Int, of id: CallID) {
    guard let due = local[id]?.inbox?.credit.release(bytes), due > 0 else { return }
    guard local[id]?.receiving == .open, local[id]?.sending == .done else { return }
    if local[id]?.inbox?.creditDue == 0 { control.calls.append(id) }
    local[id]?.inbox?.creditDue += due
  }

  mutating func closeLocalIfOver(_ id: CallID) {
    guard let call = local[id], call.isOver else { return }
    if call.inbox != nil { localStreams -= 1 }
    local.close(id)
  }
}
