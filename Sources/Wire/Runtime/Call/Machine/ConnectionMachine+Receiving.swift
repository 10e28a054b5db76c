// SPDX-License-Identifier: Apache-2.0

internal import Transport

extension ConnectionMachine {
  /// Takes a frame of the peer. An error means that the peer broke the rules: the connection has to
  /// end.
  mutating func receive(
    _ frame: Frame, at now: LoopInstant
  ) throws(ProtocolError) -> ConnectionAction {
    switch phase {
    case .greeting: return try receiveHello(frame)
    case .ended: return .nothing
    case .open: break
    }
    let id = frame.header.call
    switch frame.header.kind {
    case .hello:
      throw ProtocolError("a second hello came")
    case .request:
      try count(frame.payload.count)
      return try receiveRequest(frame, at: now)
    case .response, .item:
      try count(frame.payload.count)
      return try receiveMessage(frame)
    case .end, .failure:
      return try receiveEnding(frame)
    case .cancel:
      return try receiveCancel(of: id)
    case .credit:
      return try receiveCredit(frame)
    case .ping:
      control.pong = try PingPayload.decoded(frame.payload)
      return .nothing
    case .pong:
      _ = try PingPayload.decoded(frame.payload)
      return .nothing
    case .goaway:
      return receiveGoaway(try Goaway(decoding: frame.payload))
    }
  }

  private mutating func receiveHello(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    guard frame.header.kind == .hello else {
      throw ProtocolError("a \(frame.header.kind) frame came before hello")
    }
    peer = try Hello(decoding: frame.payload).limits
    phase = .open
    allowSendingAtOnce()
    sendCredit = SendCredit(peer.connectionCreditBytes)
    let failed = failCallsAboveLimits()
    local.limit(to: peer.openCallsMax)
    return .opened(failed)
  }

  /// Credit of the connection pays for all that carries messages, whatever becomes of it, and comes
  /// back at once.
  mutating func count(_ bytes: Int) throws(ProtocolError) {
    receiveCredit.receive(bytes)
    guard receiveCredit.outstanding >= 0 else {
      throw ProtocolError("the peer sends more than its \(receiveCredit.window) bytes of credit")
    }
    control.creditBytes += receiveCredit.release(bytes)
  }

  // MARK: Requests

  private mutating func receiveRequest(
    _ frame: Frame, at now: LoopInstant
  ) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    if frame.header.method != 0 { try accept(frame, at: now) }
    guard let call = remote[id], call.request == .coming else {
      throw ProtocolError("bytes came for a call that takes none: \(id)")
    }
    let isLast = !frame.header.flags.contains(.more)
    if isLast { remote[id]?.request = .over }
    guard call.answer == .idle else {
      // It was refused while the rest of it was on its way.
      closeRemoteIfOver(id)
      return .nothing
    }
    let outcome = try remote[id]?.partial.append(
      frame, messageBytesMax: limits.messageBytesMax, budget: &budget)
    switch outcome {
    case .incomplete, nil:
      return shedPartialMessages()
    case .tooLarge:
      refuse(id, with: tooLarge("request"))
      return .nothing
    case .whole(let bytes, let chargedBytes):
      budget.release(chargedBytes)
      remote[id]?.answer = .running
      return .start(id, WholeRequest(method: call.method, bytes: bytes, timeout: call.timeout))
    }
  }

  /// Opens the call that the first frame of a request names; refuses it where it cannot be served.
  private mutating func accept(_ frame: Frame, at now: LoopInstant) throws(ProtocolError) {
    let id = frame.header.call
    let milliseconds = frame.header.timeoutMilliseconds
    let shape = serving[frame.header.method]
    remoteCallsTotal += 1
    guard remoteCallsTotal <= limits.callsTotalMax else {
      throw ProtocolError("more than \(limits.callsTotalMax) calls came on this connection")
    }
    var call = RemoteCall(
      method: frame.header.method, shape: shape ?? .unary,
      credit: SendCredit(peer.streamCreditBytes))
    if milliseconds != 0 { call.timeout = .milliseconds(milliseconds) }
    try remote.accept(id, call)
    if shape == .serverStreaming { remoteStreams += 1 }
    if farewells.contains(.said) {
      refuse(id, with: CallError(.unavailable, "this side is about to close the connection"))
    } else if shape == nil {
      refuse(id, with: CallError(.unimplemented, "no method \(frame.header.method) is served here"))
    } else if shape == .serverStreaming, remoteStreams > limits.openStreamsMax {
      refuse(
        id, with: CallError(.resourceExhausted, "\(limits.openStreamsMax) streams are open"))
    } else if let timeout = call.timeout {
      addDeadline(now.advanced(by: timeout), of: id)
    }
  }

  private mutating func receiveCancel(of id: CallID) throws(ProtocolError) -> ConnectionAction {
    switch remote.lookup(id) {
    case .unknown: throw ProtocolError("a cancel came for a call that never was: \(id)")
    case .over: return .nothing  // It crossed the answer.
    case .open: break
    }
    remote[id]?.request = .over
    return stopServing(id, with: CallError(.cancelled, "the caller cancelled the call"))
  }

  private mutating func receiveCredit(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    let bytes = try CreditPayload.decoded(frame.payload)
    if id == .connection {
      try sendCredit.grant(bytes)
      return .nothing
    }
    switch remote.lookup(id) {
    case .unknown: throw ProtocolError("credit came for a call that never was: \(id)")
    case .over: return .nothing  // It crossed the end of the stream.
    case .open: break
    }
    guard remote[id]?.shape == .serverStreaming else {
      throw ProtocolError("credit came for a call that is no stream: \(id)")
    }
    try remote[id]?.credit.grant(bytes)
    return .creditCame(id)
  }

  // MARK: Answers

  private mutating func receiveMessage(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    let isItem = frame.header.kind == .item
    guard let call = local[id], call.receiving == .open, (call.inbox != nil) == isItem,
      call.sending != .queued, call.sending != .partly
    else { throw ProtocolError("a \(frame.header.kind) came that no call waits for: \(id)") }
    let isLast = !isItem && !frame.header.flags.contains(.more)
    guard call.caller == .waiting, call.sending == .done else {
      if isLast { finishReceiving(id) }
      return .nothing  // It was given up while the answer was on its way.
    }
    if let credit = call.inbox?.credit, !call.partial.isStarted, credit.outstanding <= 0 {
      throw ProtocolError("an item came on a stream without credit: \(id)")
    }
    let outcome = try local[id]?.partial.append(
      frame, messageBytesMax: limits.messageBytesMax, budget: &budget)
    switch outcome {
    case .incomplete, nil:
      return shedPartialMessages()
    case .tooLarge:
      if isLast { local[id]?.receiving = .over }
      return fail(id, with: tooLarge(isItem ? "item" : "response")).map { .failed([$0]) }
        ?? .nothing
    case .whole(let bytes, let chargedBytes):
      if isItem {
        local[id]?.inbox?.credit.receive(bytes.count + WireLimits.itemOverheadBytes)
        local[id]?.inbox?.append(bytes, chargedBytes: chargedBytes)
        return .inboxChanged(id)
      }
      budget.release(chargedBytes)
      local[id]?.caller = .gone
      finishReceiving(id)
      return .answered(id, bytes)
    }
  }

  private mutating func receiveEnding(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    let isEnd = frame.header.kind == .end
    guard let call = local[id], call.receiving == .open, call.sending != .queued else {
      throw ProtocolError("a \(frame.header.kind) came that no call waits for: \(id)")
    }
    if isEnd {
      // The end of a stream, or the answer to a cancel.
      switch call.sending {
      case .cancelling, .cancelled: break
      case .done where call.inbox != nil: break
      case .queued, .partly, .done:
        throw ProtocolError("a unary call was ended without a response: \(id)")
      }
    }
    let error = isEnd ? nil : try CallError(decodingPayload: frame.payload)
    local[id]?.inbox?.finish(error.map { .failed($0) } ?? .ended)
    let isWaiting = call.caller == .waiting
    if call.inbox == nil { local[id]?.caller = .gone }
    finishReceiving(id)
    guard isWaiting else { return .nothing }
    return call.inbox != nil
      ? .inboxChanged(id)
      : error.map { .failed([FailedCall(call: id, error: $0)]) } ?? .nothing
  }

  private mutating func receiveGoaway(_ goaway: Goaway) -> ConnectionAction {
    farewells.insert(.heard)
    guard goaway.code == .draining else { return .goaway(goaway, []) }
    let error = CallError(
      .unavailable, "the peer closes the connection and did not start the call: \(goaway.reason)")
    let failed = local.openIDs.compactMap { id in
      local[id]?.sending == .queued ? fail(id, with: error) : nil
    }
    return .goaway(goaway, failed)
  }

  // MARK: Limits

  private func tooLarge(_ what: String) -> CallError {
    CallError(
      .resourceExhausted, "the \(what) is larger than \(limits.messageBytesMax) bytes")
  }

  /// Fails the newest calls whose messages are not whole, until the budget suffices for the others.
  private mutating func shedPartialMessages() -> ConnectionAction {
    guard budget.isExceeded else { return .nothing }
    let error = CallError(
      .resourceExhausted,
      "messages that are partly received hold more than \(budget.bytesMax) bytes")
    var failed: [FailedCall] = []
    while budget.isExceeded, let newest = newestPartialMessage() {
      if newest.opener == side {
        if let call = fail(newest, with: error) { failed.append(call) }
      } else {
        refuse(newest, with: error)
      }
    }
    return failed.isEmpty ? .nothing : .failed(failed)
  }

  private func newestPartialMessage() -> CallID? {
    let serials =
      local.openIDs.map { ($0, local[$0]?.partial.serial ?? 0) }
      + remote.openIDs.map { ($0, remote[$0]?.partial.serial ?? 0) }
    return serials.filter { $0.1 > 0 }.max { $0.1 < $1.1 }?.0
  }
}
