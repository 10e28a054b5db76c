// SPDX-License-Identifier: Apache-2.0

extension ConnectionMachine {
  enum OfferResult: Equatable {
    case accepted
    /// No credit is left: try again after `creditCame`.
    case wait
    case refused(CallError)
  }

  /// A handler sends an item of its stream.
  mutating func offer(_ item: [UInt8], to id: CallID) -> OfferResult {
    guard let call = remote[id] else {
      if case .ended(let error) = phase { return .refused(error) }
      return .refused(CallError(.failedPrecondition, "the stream is over"))
    }
    switch call.answer {
    case .running: break
    case .stopping(let error): return .refused(error)
    case .idle, .ending, .over:
      return .refused(CallError(.failedPrecondition, "the stream is over"))
    }
    guard item.count <= peer.messageBytesMax else {
      return .refused(
        CallError(
          .resourceExhausted,
          "the item has \(item.count) bytes; the peer takes \(peer.messageBytesMax)"))
    }
    guard call.credit.available > 0 else { return .wait }
    remote[id]?.credit.spend(item.count + WireLimits.itemOverheadBytes)
    enqueue(OutgoingMessage(kind: .item, payload: item), to: id)
    return .accepted
  }

  /// `offer` would answer `wait`.
  func lacksCredit(_ id: CallID) -> Bool {
    guard let call = remote[id] else { return false }
    return call.answer == .running && call.credit.available <= 0
  }

  /// A handler is done: with the response of a unary call, with anything for a stream, or with an
  /// error.
  mutating func finish(_ id: CallID, with result: Result<[UInt8], CallError>) {
    guard let call = remote[id] else { return }  // The connection ended meanwhile.
    switch call.answer {
    case .running:
      remote[id]?.answer = .ending
      enqueue(lastMessage(of: call, for: result), to: id)
    case .stopping(let error):
      remote[id]?.answer = .ending
      replaceOutbox(of: id, with: error)
    case .idle, .ending, .over:
      assertionFailure("a handler ended twice")
    }
  }

  private func lastMessage(
    of call: RemoteCall, for result: Result<[UInt8], CallError>
  ) -> OutgoingMessage {
    let response: [UInt8]
    switch result {
    case .failure(let error):
      return OutgoingMessage(kind: .failure, payload: error.encodedPayload())
    case .success(let bytes):
      guard call.shape == .unary else { return OutgoingMessage(kind: .end, payload: []) }
      response = bytes
    }
    let error: CallError
    if response.count > peer.messageBytesMax {
      error = CallError(
        .resourceExhausted,
        "the response has \(response.count) bytes; the caller takes \(peer.messageBytesMax)")
    } else if queuedBytes + response.count > limits.queuedBytesMax {
      error = CallError(
        .resourceExhausted, "\(queuedBytes) bytes wait to be sent; the caller reads too slowly")
    } else {
      return OutgoingMessage(kind: .response, payload: response)
    }
    return OutgoingMessage(kind: .failure, payload: error.encodedPayload())
  }

  /// Answers a request that no handler saw.
  mutating func refuse(_ id: CallID, with error: CallError) {
    remote[id]?.partial.drop(from: &budget)
    remote[id]?.answer = .ending
    enqueue(OutgoingMessage(kind: .failure, payload: error.encodedPayload()), to: id)
  }

  /// The peer cancelled, or the time is up.
  mutating func stopServing(_ id: CallID, with error: CallError) -> ConnectionAction {
    guard let call = remote[id] else { return .nothing }
    switch call.answer {
    case .idle:
      refuse(id, with: error)
      return .nothing
    case .running:
      remote[id]?.answer = .stopping(error)
      return .stop(id)
    case .stopping:
      return .nothing  // A deadline and a cancel crossed.
    case .ending:
      // Nobody waits for the rest of the answer; its ending is told all the same, to free the slot.
      if call.outbox.head?.isData == true { replaceOutbox(of: id, with: error) }
      return .nothing
    case .over:
      closeRemoteIfOver(id)
      return .nothing
    }
  }

  private mutating func replaceOutbox(of id: CallID, with error: CallError) {
    dropOutbox(id)
    enqueue(OutgoingMessage(kind: .failure, payload: error.encodedPayload()), to: id)
  }

  private mutating func enqueue(_ message: OutgoingMessage, to id: CallID) {
    if message.kind == .response { queuedBytes += message.payload.count }
    remote[id]?.outbox.append(message)
    lineUp(id)
  }

  mutating func closeRemoteIfOver(_ id: CallID) {
    guard let call = remote[id], call.isOver else { return }
    if call.shape == .serverStreaming { remoteStreams -= 1 }
    remote.close(id)
  }
}
