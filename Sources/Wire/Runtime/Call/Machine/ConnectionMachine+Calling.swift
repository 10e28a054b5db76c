// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

/// A call that a caller wants to make.
struct NewCall {
  var method: UInt16
  var shape: MethodShape
  var request: EncodedMessage
  var timeout: Duration?
  var trace: TraceContext?

  func inheriting(_ scope: CallScope?) -> NewCall {
    guard let scope else { return self }
    var call = self
    call.timeout = scope.limit(timeout)
    if trace == nil { call.trace = scope.trace }
    return call
  }
}

extension ConnectionMachine {
  enum BeginResult: Equatable {
    case begun(CallID)
    case refused(CallError)
  }

  mutating func begin(_ call: NewCall, at now: LoopInstant) -> BeginResult {
    if let error = refusal(of: call) { return .refused(error) }
    var state = LocalCall()
    if let timeout = call.timeout { state.deadline = now.advanced(by: timeout) }
    if call.shape != .unary {
      // Before the peer's hello nobody knows what it lets be on the way.
      state.flow = ItemFlow(
        calling: call.shape, inboxBytes: limits.streamCreditBytes,
        creditBytes: phase == .open ? peer.streamCreditBytes : 0)
    }
    guard let id = local.open(state) else { return .refused(tooManyCalls) }
    if call.shape != .unary { localStreams += 1 }
    metrics.made.begin()
    setAlarm(for: state.deadline)
    var request = OutgoingMessage(kind: .request, payload: call.request, method: call.method)
    if call.shape.takesItems { request.flags.insert(.items) }
    if let trace = call.trace {
      request.flags.insert(.meta)
      var block: [UInt8] = []
      trace.appendBlock(to: &block)
      request.payload = EncodedMessage(block + call.request.head, tail: call.request.tail)
    }
    enqueue(request, to: id)
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
      if let flow = call.flow {
        streams += 1
        flow.credit = SendCredit(peer.streamCreditBytes)
      }
      let bytes = call.outbox.head?.messageBytes ?? 0
      if id.index >= peer.openCallsMax {
        return fail(
          id, with: CallError(.resourceExhausted, "the peer takes \(peer.openCallsMax) calls"))
      }
      if call.flow != nil, streams > peer.openStreamsMax {
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
    guard local[id]?.isUndecided == true else { return nil }
    metrics.made.end(error)
    stopOnWire(id)
    if let flow = local[id]?.flow {
      flow.inbox.removeAll(from: &budget)
      flow.inbox.finish(.failed(error))
    } else {
      local[id]?.caller = .gone
    }
    closeLocalIfOver(id)
    return FailedCall(call: id, error: error)
  }

  /// The reader of a stream is gone.
  mutating func abandon(_ id: CallID) {
    guard let call = local[id] else { return }
    if call.isUndecided { metrics.made.end(CallError(.cancelled, "the reader is gone")) }
    local[id]?.caller = .gone
    local[id]?.flow?.inbox.removeAll(from: &budget)
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
    case .partly, .open:
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

  /// The peer sent its last frame. A request, or its items, that are still being sent are broken
  /// off: nobody reads them any more.
  mutating func finishReceiving(_ id: CallID) {
    local[id]?.receiving = .over
    local[id]?.partial.drop(from: &budget)
    if local[id]?.sending == .partly || local[id]?.sending == .open { sendCancel(id) }
    closeLocalIfOver(id)
  }

  mutating func closeLocalIfOver(_ id: CallID) {
    guard let call = local[id], call.isOver else { return }
    if call.flow != nil { localStreams -= 1 }
    local.close(id)
  }
}
