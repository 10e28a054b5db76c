// SPDX-License-Identifier: Apache-2.0

internal import Transport
public import WireCodec

/// Calls of this side.
extension ConnectionCore {
  /// Begins a unary call whose answer goes to `sink`, now or, if the peer cannot take it yet, in
  /// its turn.
  @inlinable
  func begin<Request: WireMessage>(
    _ method: UInt16, _ request: Request, terms: CallTerms, for receiver: ExpressCalls.Receiver
  ) throws(CallError) -> CallID {
    let size = request.encodedSize
    guard let frame = try beginAtOnce(method, size, terms: terms, for: receiver) else {
      return try beginInLine(method, request.encodedApart(), terms: terms, for: receiver)
    }
    request.store(to: frame.payload, size: size)
    return frame.call
  }

  /// What holds for a call, which mostly is what held for the one before.
  @usableFromInline
  func terms(_ timeout: Duration?) throws(CallError) -> CallTerms {
    if let lastTerms, lastTerms.duration == timeout, CallScope.current == nil { return lastTerms }
    let terms = try CallTerms(timeout: timeout)
    lastTerms = terms.trace == nil ? terms : nil
    return terms
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
    _ method: UInt16, _ size: Int, terms: CallTerms, for receiver: ExpressCalls.Receiver
  ) throws(CallError) -> OpenFrame? {
    guard machine.takesCalls, terms.trace == nil, opensRoom(for: size) else { return nil }
    guard let id = machine.local.reserve() else { throw machine.tooManyCalls }
    machine.metrics.made.begin()
    express.open(id, for: receiver, deadline: terms.deadline(from: turnInstant))
    return frame(
      FrameHeader(
        payloadBytes: UInt32(truncatingIfNeeded: size), call: id, method: method, kind: .request,
        timeoutMilliseconds: terms.milliseconds))
  }

  /// A message of so many bytes may leave at once, in one frame. The turn is open then.
  @inline(__always)
  func opensRoom(for bytes: Int) -> Bool {
    guard machine.sendsAtOnce(bytes) else { return false }
    let end = output.count + FrameHeader.byteCount + bytes
    return end <= outputEnd || extendsRoom(to: end)
  }

  @inline(__always)
  func frame(_ header: FrameHeader) -> OpenFrame {
    let size = Int(header.payloadBytes)
    machine.sendCredit.spend(size)
    machine.metrics.sentBytes += size
    let place = output.append(FrameHeader.byteCount + size)
    header.store(to: place)
    return OpenFrame(call: header.call, payload: place + FrameHeader.byteCount)
  }

  /// A programmer's mistake, never a peer's.
  @usableFromInline
  func checkLoop() {
    precondition(loop.isCurrent, "calls were made off the loop of their connection")
  }

  func addSink(_ sink: any AnswerSink) -> SinkTable.Key { sinks.add(sink) }
  func removeSink(_ key: SinkTable.Key) { sinks.remove(key) }

  private func sendCancel(of id: CallID) {
    FrameHeader(call: id, kind: .cancel).store(to: output.append(FrameHeader.byteCount))
    setNeedsFlush()
  }

  @usableFromInline
  func beginInLine(
    _ method: UInt16, _ request: EncodedMessage, terms: CallTerms,
    for receiver: ExpressCalls.Receiver
  ) throws(CallError) -> CallID {
    let call = NewCall(
      method: method, shape: .unary, request: request, timeout: terms.duration,
      trace: terms.trace)
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
      machine.metrics.made.end(error)
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
    guard let receiver = callers.take(id), let sink = sinks[receiver.sink] else {
      return
    }
    switch answer {
    case .success(let bytes): sink.take(bytes, of: receiver.tag)
    case .failure(let error): sink.fail(receiver.tag, with: error)
    }
  }

  func expireExpress(at now: LoopInstant) {
    for call in express.expire(at: now) {
      machine.metrics.made.end(ConnectionMachine.deadlineExceeded)
      sendCancel(of: call.id)
      sinks[call.receiver.sink]?.fail(
        call.receiver.tag, with: ConnectionMachine.deadlineExceeded)
    }
  }

  func endExpress(with error: CallError) {
    for call in express.removeAll() {
      machine.metrics.made.end(error)
      sinks[call.receiver.sink]?.fail(call.receiver.tag, with: error)
    }
  }
}
