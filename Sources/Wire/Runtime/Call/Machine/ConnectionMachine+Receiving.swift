// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

extension ConnectionMachine {
  /// Takes a frame of the peer. An error means that the peer broke the rules: the connection has to
  /// end.
  mutating func receive(
    _ frame: Frame, at now: LoopInstant
  ) throws(ProtocolError) -> ConnectionAction {
    try countFrame()
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
      try count(frame.passedBytes + frame.payload.count)
      return try receiveRequest(frame, at: now)
    case .response:
      try count(frame.passedBytes + frame.payload.count)
      return try receiveMessage(frame)
    case .item:
      try count(frame.passedBytes + frame.payload.count)
      return id.opener == side ? try receiveMessage(frame) : try receiveRequestItem(frame)
    case .end:
      return id.opener == side ? try receiveEnding(frame) : try receiveRequestEnd(frame)
    case .failure:
      return try receiveEnding(frame)
    case .cancel:
      return try receiveCancel(of: id)
    case .credit:
      return try receiveCredit(frame)
    case .ping:
      control.pong = try PingPayload.decoded(frame.payload)
      metrics.receivedPings += 1
      return .nothing
    case .pong:
      _ = try PingPayload.decoded(frame.payload)
      return .nothing
    case .goaway:
      return receiveGoaway(try Goaway(decoding: frame.payload))
    }
  }

  /// Puts the payload of a frame that goes on with a message where the message is, as it comes:
  /// `receive` gets the frame without it. Asked with no bytes when the frame begins; false where it
  /// has to be whole first.
  mutating func goOn(with piece: UnsafeRawBufferPointer, of frame: FrameHeader) -> Bool {
    let id = frame.call
    if !piece.isEmpty {
      if id.opener == side {
        local[id]?.partial.goOn(with: piece)
      } else {
        remote[id]?.partial.goOn(with: piece)
      }
      return true
    }
    guard budget.isHolding, phase == .open, frame.method == 0, !frame.flags.contains(.meta),
      frame.kind == .request || frame.kind == .response || frame.kind == .item
    else { return false }
    let max = limits.messageBytesMax
    return id.opener == side
      ? local[id]?.partial.takesPieces(of: frame, messageBytesMax: max) ?? false
      : remote[id]?.partial.takesPieces(of: frame, messageBytesMax: max) ?? false
  }

  /// The same for at most `count` bytes that `fill` writes where they belong, if the message is
  /// still wanted.
  mutating func goOn(
    with count: Int, of frame: FrameHeader, by fill: (UnsafeMutableRawBufferPointer) -> Int
  ) -> Int? {
    let id = frame.call
    return id.opener == side
      ? local[id]?.partial.goOn(with: count, by: fill) ?? nil
      : remote[id]?.partial.goOn(with: count, by: fill) ?? nil
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

  mutating func countFrame() throws(ProtocolError) {
    metrics.receivedFrames += 1
    guard metrics.receivedFrames <= limits.framesTotalMax else {
      throw ProtocolError("more than \(limits.framesTotalMax) frames came on this connection")
    }
  }

  /// Credit of the connection pays for all that carries messages, whatever becomes of it, and comes
  /// back at once.
  mutating func count(_ bytes: Int) throws(ProtocolError) {
    metrics.receivedBytes += bytes
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
    var frame = frame
    let id = frame.header.call
    if frame.header.method != 0 {
      let trace = try frame.takeTrace()
      try accept(frame, trace, at: now)
    }
    if frame.header.flags.contains(.items) { return try startWithItems(frame) }
    // No copy of the call is held here: what came of its message would be copied with each frame.
    guard remote[id]?.request == .coming else {
      throw ProtocolError("bytes came for a call that takes none: \(id)")
    }
    let isLast = !frame.header.flags.contains(.more)
    if isLast { remote[id]?.request = .over }
    guard remote[id]?.answer == .idle else {
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
      return start(id, bytes)
    }
  }

  /// The request is this one frame; its handler starts at once and reads items as they come.
  private mutating func startWithItems(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    guard frame.header.method != 0, !frame.header.flags.contains(.more), frame.payload.isEmpty
    else { throw ProtocolError("a request before items carries a message of its own: \(id)") }
    remote[id]?.request = .items
    guard let call = remote[id], call.answer == .idle else { return .nothing }
    return start(id, [])
  }

  private mutating func start(_ id: CallID, _ bytes: EncodedMessage) -> ConnectionAction {
    guard let call = remote[id] else { return .nothing }
    remote[id]?.answer = .running
    return .start(
      id,
      WholeRequest(method: call.method, bytes: bytes, deadline: call.deadline, trace: call.trace))
  }

  /// Opens the call that the first frame of a request names; refuses it where it cannot be served.
  private mutating func accept(
    _ frame: Frame, _ trace: TraceContext?, at now: LoopInstant
  ) throws(ProtocolError) {
    let id = frame.header.call
    let milliseconds = frame.header.timeoutMilliseconds
    let shape = serving[frame.header.method]
    guard metrics.served.begun < limits.callsTotalMax else {
      throw ProtocolError("more than \(limits.callsTotalMax) calls came on this connection")
    }
    var call = RemoteCall(method: frame.header.method, shape: shape ?? .unary)
    call.trace = trace
    if let shape, shape != .unary {
      call.flow = ItemFlow(
        serving: shape, inboxBytes: limits.streamCreditBytes, creditBytes: peer.streamCreditBytes)
    }
    if milliseconds != 0 { call.deadline = now.advanced(by: .milliseconds(milliseconds)) }
    try remote.accept(id, call)
    metrics.served.begin()
    if call.flow != nil { remoteStreams += 1 }
    let sendsItems = frame.header.flags.contains(.items)
    if farewells.contains(.said) {
      refuse(id, with: CallError(.unavailable, "this side is about to close the connection"))
    } else if shape == nil {
      refuse(id, with: CallError(.unimplemented, "no method \(frame.header.method) is served here"))
    } else if let shape, shape.takesItems != sendsItems {
      let takes = shape.takesItems ? "a stream of requests" : "one request"
      refuse(id, with: CallError(.unimplemented, "method \(call.method) takes \(takes)"))
    } else if call.flow != nil, remoteStreams > limits.openStreamsMax {
      refuse(
        id, with: CallError(.resourceExhausted, "\(limits.openStreamsMax) streams are open"))
    } else {
      setAlarm(for: call.deadline)
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
    switch lookup(id) {
    case .unknown: throw ProtocolError("credit came for a call that never was: \(id)")
    case .over: return .nothing  // It crossed the end of the stream.
    case .open: break
    }
    guard let flow = itemFlow(of: id), flow.sendsItems else {
      throw ProtocolError("credit came for a call that is no stream of this side: \(id)")
    }
    try flow.credit.grant(bytes)
    return .creditCame(id)
  }

  // MARK: Answers

  private mutating func receiveMessage(_ frame: Frame) throws(ProtocolError) -> ConnectionAction {
    let id = frame.header.call
    let isItem = frame.header.kind == .item
    let isLast = !isItem && !frame.header.flags.contains(.more)
    let flow: ItemFlow?
    do {
      // The copy of the call ends here: else what came of its message would be copied as well.
      guard let call = local[id], call.receiving == .open, call.takesItems == isItem,
        call.sending != .queued, call.sending != .partly
      else { throw ProtocolError("a \(frame.header.kind) came that no call waits for: \(id)") }
      guard call.caller == .waiting, call.sending == .done || call.sending == .open else {
        if isLast { finishReceiving(id) }
        return .nothing  // It was given up while the answer was on its way.
      }
      flow = call.flow
      if isItem, let flow, !call.partial.isStarted, flow.inbox.credit.outstanding <= 0 {
        throw ProtocolError("an item came on a stream without credit: \(id)")
      }
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
      if !isItem { metrics.made.end(nil) }
      guard let flow else {
        budget.release(chargedBytes)
        local[id]?.caller = .gone
        finishReceiving(id)
        return .answered(id, bytes)
      }
      flow.inbox.append(bytes, chargedBytes: chargedBytes)
      if isItem {
        flow.inbox.credit.receive(bytes.count + WireLimits.itemOverheadBytes)
        return .inboxChanged(id)
      }
      flow.inbox.finish(.ended)
      finishReceiving(id)
      return .flowEnded(id)
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
      case .open where call.takesItems, .done where call.takesItems: break
      case .queued, .partly, .open, .done:
        throw ProtocolError("a call was ended without the response that it waits for: \(id)")
      }
    }
    let error = isEnd ? nil : try CallError(decodingPayload: frame.payload)
    if call.isUndecided { metrics.made.end(error) }
    call.flow?.inbox.finish(error.map { .failed($0) } ?? .ended)
    let isWaiting = call.caller == .waiting
    if call.flow == nil { local[id]?.caller = .gone }
    finishReceiving(id)
    guard isWaiting else { return .nothing }
    return call.flow != nil
      ? .flowEnded(id)
      : error.map { .failed([FailedCall(call: id, error: $0)]) } ?? .nothing
  }

  private mutating func receiveGoaway(_ goaway: Goaway) -> ConnectionAction {
    let isFirst = farewells.insert(.heard).inserted
    // Since the first no call was begun, so a peer that repeats itself does not make us look.
    guard goaway.code == .draining, isFirst else { return .goaway(goaway, []) }
    let error = CallError(
      .unavailable, "the peer closes the connection and did not start the call: \(goaway.reason)")
    let failed = local.openIDs.compactMap { id in
      local[id]?.sending == .queued ? fail(id, with: error) : nil
    }
    return .goaway(goaway, failed)
  }

  // MARK: Limits

  func tooLarge(_ what: String) -> CallError {
    CallError(
      .resourceExhausted, "the \(what) is larger than \(limits.messageBytesMax) bytes")
  }

  /// Fails the newest calls whose messages are not whole, until the budget suffices for the others.
  mutating func shedPartialMessages() -> ConnectionAction {
    if budget.hasManyEnded { budget.keep(budget.starts.filter { isPartial($0) }) }
    guard budget.isExceeded else { return .nothing }
    let error = CallError(
      .resourceExhausted,
      "messages that are partly received hold more than \(budget.bytesMax) bytes")
    var failed: [FailedCall] = []
    while budget.isExceeded, let start = budget.popNewest() {
      guard isPartial(start) else { continue }
      let newest = start.call
      if newest.opener == side {
        if let call = fail(newest, with: error) { failed.append(call) }
      } else if remote[newest]?.answer == .running {
        // An item whose handler reads. What is left above the budget goes with the next frame.
        guard failed.isEmpty else {
          budget.keep(budget.starts + [start])
          return .failed(failed)
        }
        return stopServing(newest, with: error)
      } else {
        refuse(newest, with: error)
      }
    }
    return failed.isEmpty ? .nothing : .failed(failed)
  }

  /// Whether the message that began so is still partly there.
  private func isPartial(_ start: PartialBudget.Start) -> Bool {
    let id = start.call
    return (id.opener == side ? local[id]?.partial : remote[id]?.partial)?.serial == start.serial
  }
}
