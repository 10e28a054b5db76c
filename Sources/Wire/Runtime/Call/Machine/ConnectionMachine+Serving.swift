// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

extension ConnectionMachine {
  /// A handler is done: with the response of a unary call, with anything for a stream, or with an
  /// error.
  mutating func finish(_ id: CallID, with result: Result<EncodedMessage, CallError>) {
    guard let call = remote[id] else { return }  // The connection ended meanwhile.
    switch call.answer {
    case .running:
      dropIncoming(of: id)
      remote[id]?.answer = .ending
      enqueue(lastMessage(of: call, for: result), to: id)
    case .stopping(let error):
      remote[id]?.answer = .ending
      metrics.served.end(error)
      replaceOutbox(of: id, with: error)
    case .idle, .ending, .over:
      assertionFailure("a handler ended twice")
    }
  }

  private mutating func lastMessage(
    of call: RemoteCall, for result: Result<EncodedMessage, CallError>
  ) -> OutgoingMessage {
    let response: EncodedMessage
    switch result {
    case .failure(let error):
      return failure(error)
    case .success(let bytes):
      guard !call.shape.answersItems else {
        metrics.served.end(nil)
        return OutgoingMessage(kind: .end, payload: [])
      }
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
      metrics.served.end(nil)
      return OutgoingMessage(kind: .response, payload: response)
    }
    return failure(error)
  }

  private mutating func failure(_ error: CallError) -> OutgoingMessage {
    metrics.served.end(error)
    return OutgoingMessage(kind: .failure, payload: EncodedMessage(error.encodedPayload()))
  }

  /// Answers a request that no handler saw.
  mutating func refuse(_ id: CallID, with error: CallError) {
    dropIncoming(of: id)
    remote[id]?.answer = .ending
    enqueue(failure(error), to: id)
  }

  /// The peer cancelled, or the time is up.
  mutating func stopServing(_ id: CallID, with error: CallError) -> ConnectionAction {
    guard let call = remote[id] else { return .nothing }
    switch call.answer {
    case .idle:
      refuse(id, with: error)
      return .nothing
    case .running:
      dropIncoming(of: id)
      call.flow?.inbox.cut(error, from: &budget)
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
    enqueue(
      OutgoingMessage(kind: .failure, payload: EncodedMessage(error.encodedPayload())), to: id)
  }

  /// Nobody reads what came of a request, and what is still to come.
  mutating func dropIncoming(of id: CallID) {
    guard let call = remote[id] else { return }
    if call.partial.isStarted { remote[id]?.partial.drop(from: &budget) }
    call.flow?.inbox.removeAll(from: &budget)
  }

  mutating func closeRemoteIfOver(_ id: CallID) {
    guard let call = remote[id], call.isOver else { return }
    if call.flow != nil { remoteStreams -= 1 }
    remote.close(id)
  }
}
