// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// Frames that are the answer to an express call, or a request that is answered at once.
extension ConnectionCore {
  /// The next frame that is the machine's; answers the others. `nil` when `input` is used up.
  func nextFrame(from input: inout UnsafeRawBufferPointer) throws(ProtocolError) -> Frame? {
    while !input.isEmpty {
      guard let (header, payload) = parser.nextInPlace(from: &input) else {
        guard let frame = try parser.next(from: &input) else { return nil }
        let isTaken = try frame.payload.withUnsafeBufferPointer {
          (payload) throws(ProtocolError) in
          try take(frame.header, UnsafeRawBufferPointer(payload))
        }
        if isTaken { continue }
        return frame
      }
      if try take(header, payload) { continue }
      return Frame(header: header, payload: [UInt8](payload))
    }
    return nil
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
      guard header.flags.isEmpty, header.call.opener != machine.side,
        let method = prompt[header.method], machine.takesRequests
      else { return false }
      try answer(header, payload, method)
      return true
    case .item: return try takeItem(header, payload)
    case .hello, .cancel, .credit, .ping, .pong, .goaway: return false
    }
  }

  private func takeAnswer(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer
  ) throws(ProtocolError) -> Bool {
    guard header.flags.isEmpty else {
      if express.contains(header.call) { putInLine(header.call) }
      return false
    }
    guard let call = express.close(header.call) else { return false }
    machine.local.release(header.call)
    try machine.countFrame()
    switch header.kind {
    case .response:
      try machine.count(payload.count)
      if !call.isGivenUp {
        machine.metrics.made.end(nil)
        sinks[call.receiver.sink]?.take(payload, of: call.receiver.tag)
      }
    case .failure:
      let error = try CallError(decodingPayload: [UInt8](payload))
      if !call.isGivenUp {
        machine.metrics.made.end(error)
        sinks[call.receiver.sink]?.fail(call.receiver.tag, with: error)
      }
    default:
      guard call.isGivenUp else {
        throw ProtocolError("a unary call was ended without a response: \(header.call)")
      }
    }
    return true
  }

  /// The answer comes in pieces: the call goes on as one of the machine's.
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
      respondInLine(request, response.encoded())
    }
  }

  @usableFromInline
  func respondAtOnce(_ request: FrameHeader, _ size: Int) -> OpenFrame? {
    guard leavesAtOnce(size) else { return nil }
    machine.metrics.served.end(nil)
    return frame(
      FrameHeader(
        payloadBytes: UInt32(truncatingIfNeeded: size), call: request.call, kind: .response))
  }

  @usableFromInline
  func respondInLine(_ request: FrameHeader, _ response: [UInt8]) {
    machine.answer(request, with: .success(response))
    setNeedsFlush()
  }

  @usableFromInline
  func refuse(_ request: FrameHeader, with error: CallError) {
    machine.answer(request, with: .failure(error))
    setNeedsFlush()
  }
}
