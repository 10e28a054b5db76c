// SPDX-License-Identifier: Apache-2.0

internal import Transport
public import WireCodec

/// Frames that are the answer to an express call, or a request that is answered at once.
extension ConnectionCore {
  /// The next frame that is the machine's; answers the others. `nil` when `input` is used up.
  func nextFrame(from input: inout UnsafeRawBufferPointer) throws(ProtocolError) -> Frame? {
    while true {
      try takePlainFrames(from: &input)
      guard !input.isEmpty,
        let frame = try parser.next(
          from: &input, passing: { machine.goOn(with: $1, of: $0) })
      else { return nil }
      if frame.passedBytes > 0 { return frame }
      let isTaken = try frame.payload.withUnsafeBufferPointer { (payload) throws(ProtocolError) in
        try take(frame.header, UnsafeRawBufferPointer(payload))
      }
      if !isTaken { return frame }
    }
  }

  /// Takes what comes nearly always, and much of it in one delivery: whole responses to express
  /// calls, and whole requests that are answered at once. What they need is looked up once.
  private func takePlainFrames(
    from input: inout UnsafeRawBufferPointer
  ) throws(ProtocolError) {
    guard parser.isBetweenFrames, isRunning, let connection else { return }
    let payloadBytesMax = min(limits.framePayloadBytesMax, limits.messageBytesMax)
    var sink = SinkTable.Found()
    var context = CallContext(connection: connection, deadline: nil, trace: nil)
    var method: (number: UInt16, prompt: PromptMethod)?
    while let frame = PlainFrame(input, payloadBytesMax: payloadBytesMax) {
      if frame.isResponse {
        guard frame.call.opener == machine.side, express.contains(frame.call) else { return }
        input = frame.rest
        try machine.countFrame()
        try machine.count(frame.payload.count)
        guard let call = close(frame.call), !call.isGivenUp else { continue }
        machine.metrics.made.end(nil)
        sinks.find(call.receiver.sink, &sink)
        sink.sink?.take(frame.payload, of: call.receiver.tag)
      } else if frame.isItem {
        guard try takeItem(frame.call, frame.payload) else { return }
        input = frame.rest
      } else {
        guard frame.isRequest, frame.call.opener != machine.side, machine.takesRequests else {
          return
        }
        if method?.number != frame.method {
          guard let prompt = prompt[frame.method] else { return }
          method = (frame.method, prompt)
        }
        input = frame.rest
        let header = frame.header
        try machine.countFrame()
        try machine.pass(frame.call, requestBytes: frame.payload.count)
        context.deadline = now.deadline(after: header.timeoutMilliseconds)
        method?.prompt.run(header, frame.payload, context, self)
        guard isRunning else { return }
      }
    }
  }

  /// Takes a frame that ends here: the answer to an express call, or a request that is answered at
  /// once. False leaves it to the machine.
  func take(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer
  ) throws(ProtocolError) -> Bool {
    switch header.kind {
    case .response, .failure, .end:
      guard header.call.opener == machine.side else { return false }
      return try takeAnswer(header, payload)
    case .request:
      guard header.flags.isEmpty, payload.count <= limits.messageBytesMax,
        header.call.opener != machine.side, let method = prompt[header.method],
        machine.takesRequests
      else { return false }
      try answer(header, payload, method)
      return true
    case .item:
      guard header.flags.isEmpty, payload.count <= limits.messageBytesMax else { return false }
      return try takeItem(header.call, payload)
    case .hello, .cancel, .credit, .ping, .pong, .goaway: return false
    }
  }

  private func takeAnswer(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer
  ) throws(ProtocolError) -> Bool {
    guard express.contains(header.call) else { return false }
    guard header.flags.isEmpty, payload.count <= limits.messageBytesMax else {
      putInLine(header.call)
      return false
    }
    // An answer that breaks the rules closes no call: the connection's end tells its caller.
    try machine.countFrame()
    switch header.kind {
    case .response:
      try machine.count(payload.count)
      guard let call = close(header.call), !call.isGivenUp else { break }
      machine.metrics.made.end(nil)
      sinks[call.receiver.sink]?.take(payload, of: call.receiver.tag)
    case .failure:
      let error = try CallError(decodingPayload: [UInt8](payload))
      guard let call = close(header.call), !call.isGivenUp else { break }
      machine.metrics.made.end(error)
      sinks[call.receiver.sink]?.fail(call.receiver.tag, with: error)
    default:
      guard express[header.call]?.isGivenUp == true else {
        throw ProtocolError("a unary call was ended without a response: \(header.call)")
      }
      _ = close(header.call)
    }
    return true
  }

  /// The peer sent its last frame; the slot is free.
  private func close(_ id: CallID) -> ExpressCalls.Entry? {
    guard let call = express.close(id) else { return nil }
    machine.local.release(id)
    return call
  }

  /// The answer comes in pieces, or is too large: the call goes on as one of the machine's.
  private func putInLine(_ id: CallID) {
    guard let call = express.close(id) else { return }
    var state = LocalCall()
    state.sending = call.isGivenUp ? .cancelled : .done
    state.caller = call.isGivenUp ? .gone : .waiting
    state.deadline = call.deadline
    machine.local.fill(id, with: state)
    machine.setAlarm(for: call.deadline)
    guard !call.isGivenUp else { return }
    callers.wait(for: id, call.receiver)
  }

  private func answer(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ method: PromptMethod
  ) throws(ProtocolError) {
    try machine.countFrame()
    try machine.pass(header.call, requestBytes: payload.count)
    guard let connection else { return }
    let context = CallContext(
      connection: connection, deadline: now.deadline(after: header.timeoutMilliseconds),
      trace: nil)
    method.run(header, payload, context, self)
  }

  /// A prompt handler's answer.
  @inlinable
  func respond<Response: WireMessage>(_ request: FrameHeader, _ response: Response) {
    let size = response.encodedSize
    if let frame = respondAtOnce(request, size) {
      response.store(to: frame.payload, size: size)
    } else {
      respondInLine(request, response.encodedApart())
    }
  }

  @usableFromInline
  func respondAtOnce(_ request: FrameHeader, _ size: Int) -> OpenFrame? {
    guard opensRoom(for: size) else { return nil }
    machine.metrics.served.end(nil)
    return frame(
      FrameHeader(
        payloadBytes: UInt32(truncatingIfNeeded: size), call: request.call, kind: .response))
  }

  @usableFromInline
  func respondInLine(_ request: FrameHeader, _ response: EncodedMessage) {
    machine.answer(request, with: .success(response))
    setNeedsFlush()
  }

  @usableFromInline
  func refuse(_ request: FrameHeader, with error: CallError) {
    machine.answer(request, with: .failure(error))
    setNeedsFlush()
  }
}
