// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// What of a connection lies on the path of each call: its machine, its output, and the calls that
/// are short enough to go past both.
///
/// Confined to the connection's loop, and reached there without entering the actor; `Connection`
/// holds it as a `LoopBound`, which checks that. Nothing here is held while foreign code runs (a
/// handler, a sink): it may call again.
@usableFromInline
final class ConnectionCore {
  let loop: any Loop
  let limits: WireLimits
  var machine: ConnectionMachine
  var parser: FrameParser
  var callers = CallerTable()
  var sinks = SinkTable()
  var express = ExpressCalls()
  /// Handlers that answer at once.
  let prompt: PromptTable

  /// Bytes of this turn, before they are handed to the stream.
  let output = OutputBuffer()
  /// From the start to the end; the one reference that keeps a running connection alive beside
  /// its stream's.
  var connection: Connection?
  private var unopened: LoopBound<any ByteStream>?
  private var turn: Turn?
  private var isFlushScheduled = false

  /// What holds for the rest of this turn of the loop.
  private struct Turn {
    var now: LoopInstant
    /// Bytes of small messages that may still go out; none while the stream is backed up, so that
    /// then all calls stand in one line.
    var roomBytes: Int
  }

  init(
    _ stream: LoopBound<any ByteStream>, limits: WireLimits, serving table: MethodTable,
    machine: consuming ConnectionMachine
  ) {
    loop = stream.loop
    unopened = stream
    self.limits = limits
    self.machine = machine
    parser = FrameParser(payloadBytesMax: limits.framePayloadBytesMax)
    prompt = PromptTable(table.prompt)
  }

  /// `nil` once it is over, so that it is let go on its loop.
  var stream: (any ByteStream)? {
    get { unopened?.value }
    set { if newValue == nil { unopened = nil } }
  }

  // MARK: The turn

  /// Time, as of the first question in this turn.
  var now: LoopInstant { currentTurn.now }

  private var currentTurn: Turn {
    if let turn { return turn }
    let room = limits.unsentBytesMax - (stream?.queuedBytes ?? limits.unsentBytesMax)
    let made = Turn(now: loop.now, roomBytes: room)
    // The flush ends the turn. Kept without one to come, it would hold in later turns as well.
    setNeedsFlush()
    if isFlushScheduled { turn = made }
    return made
  }

  /// Bytes that small messages may still add to this turn's output.
  private var roomBytes: Int { currentTurn.roomBytes - output.count }

  /// Sends what there is to send, at the end of this turn of the loop.
  func setNeedsFlush() {
    guard !isFlushScheduled, let connection else { return }
    isFlushScheduled = true
    loop.flushAtTurnEnd(connection)
  }

  /// The turn ends: what was gathered may go.
  func beginFlush() {
    isFlushScheduled = false
    turn = nil
  }

  /// How much the machine may send now, beside what went past it in this turn. A large message
  /// moves in each turn, however many small ones there are.
  func room(of stream: any ByteStream) -> ConnectionMachine.Room {
    let room = limits.unsentBytesMax - stream.queuedBytes
    return ConnectionMachine.Room(
      messageBytes: room > 0 ? max(0, room - output.count) : room,
      controlBytes: room + limits.unsentBytesMax - output.count)
  }

  /// Gives the stream this turn's output, and `rest` behind it. False where there was nothing.
  @discardableResult
  func hand(_ rest: [UInt8], to stream: any ByteStream) -> Bool {
    if output.isEmpty {
      guard !rest.isEmpty else { return false }
      rest.withUnsafeBytes { stream.send($0) }
      return true
    }
    rest.withUnsafeBytes { output.append($0) }
    stream.send(output.bytes)
    output.removeAll(keepingAtMost: Self.keptOutputBytes)
    return true
  }

  /// Memory that is kept for the next turn.
  private static let keptOutputBytes = 64 << 10

  var isDrained: Bool { machine.isDrained && express.openCount == 0 && output.isEmpty }
  var areCallsDone: Bool { machine.areCallsDone && express.openCount == 0 }

  var nextDeadline: LoopInstant? {
    let express = express.earliestDeadline
    guard let queued = machine.nextDeadline else {
      return express.nanoseconds == .max ? nil : express
    }
    return min(queued, express)
  }

  // MARK: Calls of this side

  /// Begins a unary call whose answer goes to `sink`, now or, if the peer cannot take it yet, in
  /// its turn.
  @inlinable
  func begin<Request: WireMessage>(
    _ method: UInt16, _ request: Request, timeout: CallTimeout, for receiver: ExpressCalls.Receiver
  ) throws(CallError) -> CallID {
    let size = request.encodedSize
    guard let frame = try beginAtOnce(method, size, timeout: timeout, for: receiver) else {
      return try beginInLine(method, request.encoded(), timeout: timeout, for: receiver)
    }
    request.store(to: frame.payload, size: size)
    return frame.call
  }

  /// A frame in the output whose payload is still to be written.
  @usableFromInline
  struct OpenFrame {
    @usableFromInline let call: CallID
    @usableFromInline let payload: UnsafeMutableRawPointer
  }

  /// `nil` where the request has to stand in line.
  @usableFromInline
  func beginAtOnce(
    _ method: UInt16, _ size: Int, timeout: CallTimeout, for receiver: ExpressCalls.Receiver
  ) throws(CallError) -> OpenFrame? {
    guard machine.takesCalls, leavesAtOnce(size) else { return nil }
    guard let id = machine.local.reserve() else { throw machine.tooManyCalls }
    express.open(id, for: receiver, deadline: timeout.deadline(from: currentTurn.now))
    return frame(
      FrameHeader(
        payloadBytes: UInt32(truncatingIfNeeded: size), call: id, method: method, kind: .request,
        timeoutMilliseconds: timeout.milliseconds))
  }

  private func leavesAtOnce(_ bytes: Int) -> Bool {
    machine.sendsAtOnce(bytes) && bytes + FrameHeader.byteCount <= roomBytes
  }

  private func frame(_ header: FrameHeader) -> OpenFrame {
    let size = Int(header.payloadBytes)
    machine.sendCredit.spend(size)
    let place = output.append(FrameHeader.byteCount + size)
    header.store(to: place)
    setNeedsFlush()
    return OpenFrame(call: header.call, payload: place + FrameHeader.byteCount)
  }

  /// A programmer's mistake, never a peer's.
  @usableFromInline
  func checkLoop() {
    precondition(loop.isCurrent, "calls were made off the loop of their connection")
  }

  @usableFromInline
  func addSink(_ sink: ClosureSink) -> SinkTable.Key { sinks.add(sink) }
  func addSink(_ sink: CallWaiter) -> SinkTable.Key { sinks.add(sink) }
  @usableFromInline
  func removeSink(_ key: SinkTable.Key) { sinks.remove(key) }

  private func sendCancel(of id: CallID) {
    FrameHeader(call: id, kind: .cancel).store(to: output.append(FrameHeader.byteCount))
    setNeedsFlush()
  }

  @usableFromInline
  func beginInLine(
    _ method: UInt16, _ request: [UInt8], timeout: CallTimeout, for receiver: ExpressCalls.Receiver
  ) throws(CallError) -> CallID {
    let call = NewCall(
      method: method, shape: .unary, request: request, timeout: timeout.duration)
    switch machine.begin(call, at: now) {
    case .refused(let error): throw error
    case .begun(let id):
      callers.wait(for: id, receiver)
      setNeedsFlush()
      connection?.assumeIsolated { $0.scheduleDeadline() }
      return id
    }
  }

  /// The caller wants no answer any more; its sink hears of it.
  func cancel(_ id: CallID, with error: CallError) {
    if let receiver = express.giveUp(id) {
      sendCancel(of: id)
      sinks[receiver.sink]?.fail(receiver.tag, with: error)
    } else if let failed = machine.fail(id, with: error) {
      resume(failed.call, with: .failure(failed.error))
      setNeedsFlush()
    }
  }

  /// Gives up all calls whose answers go to one sink.
  func cancel(callsOf key: SinkTable.Key, with error: CallError) {
    for id in express.calls(of: key) + callers.calls(of: key) { cancel(id, with: error) }
  }

  /// Gives a caller of the machine its answer.
  func resume(_ id: CallID, with answer: CallerTable.Answer) {
    guard let receiver = callers.resume(id, with: answer), let sink = sinks[receiver.sink] else {
      return
    }
    switch answer {
    case .success(let bytes): bytes.withUnsafeBytes { sink.take($0, of: receiver.tag) }
    case .failure(let error): sink.fail(receiver.tag, with: error)
    }
  }

  func expireExpress(at now: LoopInstant) {
    for call in express.expire(at: now) {
      sendCancel(of: call.id)
      sinks[call.receiver.sink]?.fail(
        call.receiver.tag, with: ConnectionMachine.deadlineExceeded)
    }
  }

  func endExpress(with error: CallError) {
    for call in express.removeAll() {
      sinks[call.receiver.sink]?.fail(call.receiver.tag, with: error)
    }
  }

  // MARK: Frames of the peer

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
    case .hello, .item, .cancel, .credit, .ping, .pong, .goaway: return false
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
    switch header.kind {
    case .response:
      try machine.count(payload.count)
      if !call.isGivenUp { sinks[call.receiver.sink]?.take(payload, of: call.receiver.tag) }
    case .failure:
      let error = try CallError(decodingPayload: [UInt8](payload))
      if !call.isGivenUp { sinks[call.receiver.sink]?.fail(call.receiver.tag, with: error) }
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
    machine.local.fill(id, with: state)
    guard !call.isGivenUp else { return }
    if call.deadline.nanoseconds != .max { machine.addDeadline(call.deadline, of: id) }
    callers.wait(for: id, call.receiver)
  }

  private func answer(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ method: PromptMethod
  ) throws(ProtocolError) {
    try machine.pass(header.call, requestBytes: payload.count)
    guard let connection else { return }
    method.run(header, payload, CallContext(connection: connection, timeout: header.timeout), self)
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
