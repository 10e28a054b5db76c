// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// Items, in both directions: a caller's requests and a handler's answers go the same way.
extension ConnectionMachine {
  enum OfferResult: Equatable, Sendable {
    case accepted
    /// Try again after `creditCame`, or when the call is among `takeUnstalled`.
    case wait
    case refused(CallError)
  }

  enum TakenItem: Equatable, Sendable {
    case item(EncodedMessage)
    case wait
    case ended
    case failed(CallError)
  }

  // MARK: Sending

  /// A caller or a handler sends an item.
  mutating func offer(_ item: EncodedMessage, to id: CallID) -> OfferResult {
    let flow: ItemFlow
    do throws(CallError) {
      flow = try id.opener == side ? requestFlow(of: id) : answerFlow(of: id)
    } catch {
      return .refused(error)
    }
    guard item.count <= peer.messageBytesMax else {
      return .refused(
        CallError(
          .resourceExhausted,
          "the item has \(item.count) bytes; the peer takes \(peer.messageBytesMax)"))
    }
    guard flow.spend(item.count, unsentBytesMax: limits.unsentItemBytesMax) else {
      metrics.stalls += 1
      return .wait
    }
    enqueue(OutgoingMessage(kind: .item, payload: item), to: id)
    return .accepted
  }

  /// Where a caller's items go, or why they do not.
  private func requestFlow(of id: CallID) throws(CallError) -> ItemFlow {
    guard let call = local[id], let flow = call.flow, flow.sendsItems else {
      if case .ended(let error) = phase { throw error }
      throw CallError(.cancelled, "the call is over")
    }
    switch flow.inbox.outcome {
    case .failed(let error): throw error
    case .ended: throw CallError(.cancelled, "the call was answered before its items ended")
    case nil: break
    }
    switch call.sending {
    case .queued, .open: break
    case .partly, .cancelling, .cancelled, .done:
      guard flow.isFinished else { throw CallError(.cancelled, "the call was given up") }
    }
    guard !flow.isFinished else {
      throw CallError(.failedPrecondition, "the items of the call were finished")
    }
    return flow
  }

  /// Where a handler's items go, or why they do not.
  private func answerFlow(of id: CallID) throws(CallError) -> ItemFlow {
    if let call = remote[id] {
      switch call.answer {
      case .running: if let flow = call.flow, flow.sendsItems { return flow }
      case .stopping(let error): throw error
      case .idle, .ending, .over: break
      }
    } else if case .ended(let error) = phase {
      throw error
    }
    throw CallError(.failedPrecondition, "the stream is over")
  }

  /// A caller sends no more items. The call goes on until it is answered.
  mutating func finishItems(of id: CallID) {
    guard let call = local[id], let flow = call.flow, flow.sendsItems, !flow.isFinished else {
      return
    }
    switch call.sending {
    case .queued, .open: break
    case .partly, .cancelling, .cancelled, .done: return
    }
    flow.isFinished = true
    enqueue(OutgoingMessage(kind: .end, payload: []), to: id)
  }

  mutating func didSendItem(_ bytes: Int, of id: CallID) {
    guard let flow = itemFlow(of: id) else { return }
    if flow.didSend(bytes, unsentBytesMax: limits.unsentItemBytesMax) { unstalled.append(id) }
  }

  /// Calls whose senders waited until enough of their items were framed.
  mutating func takeUnstalled() -> [CallID] {
    guard !unstalled.isEmpty else { return [] }
    defer { unstalled = [] }
    return unstalled
  }

  mutating func enqueue(_ message: OutgoingMessage, to id: CallID) {
    if message.kind == .request || message.kind == .response {
      queuedBytes += message.payload.count
    }
    if id.opener == side {
      local[id]?.outbox.append(message)
    } else {
      remote[id]?.outbox.append(message)
    }
    lineUp(id)
  }

  // MARK: Reading

  /// A reader wants the next item. After `ended` or `failed` a caller's call is forgotten.
  mutating func takeItem(of id: CallID) -> TakenItem {
    guard let flow = itemFlow(of: id) else { return id.opener == side ? .ended : lateRead }
    if let bytes = flow.inbox.popFirst(from: &budget) {
      if flow.takesItems {
        returnCredit(bytes.count + WireLimits.itemOverheadBytes, of: id, flow)
      } else {
        forgetCaller(of: id)
      }
      return .item(bytes)
    }
    guard let outcome = flow.inbox.outcome else {
      flow.inbox.trim()
      return .wait
    }
    if id.opener == side { forgetCaller(of: id) }
    switch outcome {
    case .ended: return .ended
    case .failed(let error): return .failed(error)
    }
  }

  /// A handler that reads when it is over.
  private var lateRead: TakenItem {
    if case .ended(let error) = phase { return .failed(error) }
    return .failed(CallError(.failedPrecondition, "the call is over"))
  }

  func itemFlow(of id: CallID) -> ItemFlow? {
    id.opener == side ? local[id]?.flow : remote[id]?.flow
  }

  private mutating func forgetCaller(of id: CallID) {
    local[id]?.caller = .gone
    closeLocalIfOver(id)
  }

  mutating func returnCredit(_ bytes: Int, of id: CallID, _ flow: ItemFlow) {
    let due = flow.inbox.credit.release(bytes)
    guard due > 0, mayComeMore(to: id) else { return }
    if flow.inbox.creditDue == 0 { control.calls.append(id) }
    flow.inbox.creditDue += due
  }

  /// Whether credit is still of use to the one who sends items to this call.
  private func mayComeMore(to id: CallID) -> Bool {
    guard id.opener == side else {
      return remote[id]?.request == .items && remote[id]?.answer == .running
    }
    guard let call = local[id], call.receiving == .open else { return false }
    return call.sending == .done || call.sending == .open
  }

  // MARK: A caller's items arrive

  mutating func receiveRequestItem(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    guard remote[id]?.request == .items else {
      throw ProtocolError("an item came for a call that takes none: \(id)")
    }
    // Refused, stopped or answered while it was on its way.
    guard remote[id]?.answer == .running, let flow = remote[id]?.flow else { return .nothing }
    guard remote[id]?.partial.isStarted == true || flow.inbox.credit.outstanding > 0 else {
      throw ProtocolError("an item came on a stream without credit: \(id)")
    }
    let outcome = try remote[id]?.partial.append(
      frame, messageBytesMax: limits.messageBytesMax, budget: &budget)
    switch outcome {
    case .incomplete, nil:
      return shedPartialMessages()
    case .tooLarge:
      return stopServing(id, with: tooLarge("item"))
    case .whole(let bytes, let chargedBytes):
      flow.inbox.credit.receive(bytes.count + WireLimits.itemOverheadBytes)
      flow.inbox.append(bytes, chargedBytes: chargedBytes)
      return .inboxChanged(id)
    }
  }

  mutating func receiveRequestEnd(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    guard let call = remote[id], call.request == .items, !call.partial.isStarted else {
      throw ProtocolError("an end came for a call that takes none: \(id)")
    }
    remote[id]?.request = .over
    call.flow?.inbox.finish(.ended)
    closeRemoteIfOver(id)
    return call.answer == .running ? .inboxChanged(id) : .nothing
  }
}
