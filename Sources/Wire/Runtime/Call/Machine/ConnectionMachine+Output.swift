// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

extension ConnectionMachine {
  /// How much the stream may be given now.
  struct Room {
    /// Messages are framed until more than so many bytes are out.
    var messageBytes: Int
    /// The same for control frames, which may go on when messages have to wait.
    var controlBytes: Int
  }

  /// Appends frames that may be sent now, of which the last goes beyond `pieceBytes` of output; what
  /// is left of the room is for the next piece.
  /// - Returns: bytes that follow those of `output`. The payload of a large frame, which ends the
  ///   piece, is not copied.
  mutating func appendOutput(
    to output: OutputBuffer, _ room: inout Room, pieceBytes: Int = .max, at now: LoopInstant
  ) -> ArraySlice<UInt8> {
    let start = output.count
    var rest: ArraySlice<UInt8> = []
    appendControl(to: output, room: room.controlBytes)
    if phase == .open {
      rest = appendMessages(to: output, start: start, room.messageBytes, pieceBytes, at: now)
    }
    room.messageBytes -= output.count - start + rest.count
    room.controlBytes -= output.count - start + rest.count
    return rest
  }

  private mutating func appendMessages(
    to output: OutputBuffer, start: Int, _ roomBytes: Int, _ pieceBytes: Int, at now: LoopInstant
  ) -> ArraySlice<UInt8> {
    while output.count - start <= roomBytes, output.count < pieceBytes {
      guard let turn = nextTurn() else {
        if !isStalled, !schedule.isEmpty {
          isStalled = true
          metrics.stalls += 1
        }
        break
      }
      isStalled = false
      let rest = appendMessageFrame(turn, to: output, at: now)
      if !rest.isEmpty { return rest }
    }
    return []
  }

  var hasOutput: Bool { !control.isEmpty || (phase == .open && nextTurn() != nil) }

  private mutating func appendControl(to output: OutputBuffer, room: Int) {
    guard room >= 0 else { return }
    let end = output.count + room
    if let hello = control.hello.take() { output.appendFrame(.hello, payload: hello.encoded()) }
    if phase == .open {
      if let pong = control.pong.take() {
        output.appendFrame(.pong, payload: PingPayload.encoded(pong))
      }
      if let ping = control.ping.take() {
        output.appendFrame(.ping, payload: PingPayload.encoded(ping))
        metrics.sentPings += 1
      }
      if control.creditBytes > 0 {
        output.appendFrame(.credit, payload: CreditPayload.encoded(control.creditBytes))
        receiveCredit.didReturn(control.creditBytes)
        control.creditBytes = 0
      }
      while output.count <= end, let id = control.calls.popFirst() {
        appendCallControl(of: id, to: output)
      }
    }
    if let goaway = control.goaway.take() {
      output.appendFrame(.goaway, payload: goaway.encoded())
    }
  }

  private mutating func appendCallControl(of id: CallID, to output: OutputBuffer) {
    // A call may stand in line twice, and be over meanwhile.
    if id.opener == side, local[id]?.sending == .cancelling {
      output.appendFrame(.cancel, call: id)
      local[id]?.sending = .cancelled
      closeLocalIfOver(id)
    } else if let flow = itemFlow(of: id), flow.inbox.creditDue > 0 {
      output.appendFrame(
        .credit, call: id, payload: CreditPayload.encoded(flow.inbox.creditDue))
      flow.inbox.credit.didReturn(flow.inbox.creditDue)
      flow.inbox.creditDue = 0
    }
  }

  // MARK: Messages

  private struct Turn {
    var call: CallID
    var lane: SendSchedule.Lane
    /// Bytes of payload in the frame.
    var bytes: Int
  }

  private func nextTurn() -> Turn? {
    if let ending = schedule.firstEnding { return turn(of: ending, in: .ending) }
    let small = schedule.firstSmall.flatMap { turn(of: $0, in: .small) }
    if let small, schedule.prefersSmall { return small }
    return schedule.firstLarge.flatMap { turn(of: $0, in: .large) } ?? small
  }

  /// `nil` where credit does not suffice.
  private func turn(of id: CallID, in lane: SendSchedule.Lane) -> Turn? {
    guard let message = headMessage(of: id) else { return nil }
    let bytes = min(
      message.unsentBytes, peer.framePayloadBytesMax, limits.framePayloadBytesMax)
    switch lane {
    case .ending: break
    case .small: guard bytes <= sendCredit.available else { return nil }
    case .large:
      guard bytes <= sendCredit.available - reservedCredit else { return nil }
    }
    return Turn(call: id, lane: lane, bytes: bytes)
  }

  /// Credit that large messages leave to small ones.
  var reservedCredit: Int {
    min(limits.smallMessageReserveBytes, peer.connectionCreditBytes / 4)
  }

  private func headMessage(of id: CallID) -> OutgoingMessage? {
    id.opener == side ? local[id]?.outbox.head : remote[id]?.outbox.head
  }

  private mutating func appendMessageFrame(
    _ turn: Turn, to output: OutputBuffer, at now: LoopInstant
  ) -> ArraySlice<UInt8> {
    guard let message = headMessage(of: turn.call) else { return [] }
    let end = message.sentBytes + turn.bytes
    var header = FrameHeader(
      payloadBytes: UInt32(clamping: turn.bytes), call: turn.call, kind: message.kind)
    if end < message.payload.count { header.flags = .more }
    if message.kind == .request, message.sentBytes == 0 {
      header.method = message.method
      header.timeoutMilliseconds = now.wireMilliseconds(to: local[turn.call]?.deadline ?? .never)
      header.flags.formUnion(message.flags)
    }
    let copiedEnd = message.payload.endOfCopy(
      from: message.sentBytes, to: end, recordRoom: Self.recordRoom(behind: output.count))
    header.store(to: output.append(FrameHeader.byteCount))
    let copied = message.sentBytes..<copiedEnd
    message.payload.copy(copied, to: output.append(copied.count))
    if message.isData {
      sendCredit.spend(turn.bytes)
      metrics.sentBytes += turn.bytes
    }
    if message.kind == .request || message.kind == .response { queuedBytes -= turn.bytes }
    schedule.take(from: turn.lane, bytes: turn.bytes)
    if message.kind == .item, end == message.payload.count {
      didSendItem(message.payload.count, of: turn.call)
    }
    if turn.call.opener == side {
      advanceLocal(turn, message)
    } else {
      advanceRemote(turn)
    }
    return message.payload.slice(copiedEnd..<end)
  }

  /// Bytes of payload with which a frame that is appended now fills records of TLS.
  private static func recordRoom(behind outputBytes: Int) -> Int {
    let recordBytes = EncodedMessage.recordBytes
    return recordBytes - (outputBytes + FrameHeader.byteCount) % recordBytes
  }

  private mutating func advanceLocal(_ turn: Turn, _ message: OutgoingMessage) {
    let rest = local[turn.call]?.outbox.advance(by: turn.bytes)
    local[turn.call]?.outbox.lane = nil
    switch message.kind {
    case .request where message.flags.contains(.items): local[turn.call]?.sending = .open
    case .request: local[turn.call]?.sending = rest == nil ? .done : .partly
    case .end: local[turn.call]?.sending = .done
    default: break  // An item: more may follow.
    }
    lineUp(turn.call)
    closeLocalIfOver(turn.call)
  }

  private mutating func advanceRemote(_ turn: Turn) {
    _ = remote[turn.call]?.outbox.advance(by: turn.bytes)
    remote[turn.call]?.outbox.lane = nil
    lineUp(turn.call)
    guard let call = remote[turn.call], call.outbox.isEmpty, call.answer == .ending else { return }
    remote[turn.call]?.answer = .over
    closeRemoteIfOver(turn.call)
  }

  // MARK: The line

  /// Puts a call in line, if it has something to send and does not stand there yet.
  mutating func lineUp(_ id: CallID) {
    let outbox = id.opener == side ? local[id]?.outbox : remote[id]?.outbox
    guard let outbox, outbox.lane == nil, let head = outbox.head else { return }
    let lane = schedule.lane(for: head)
    schedule.enqueue(id, in: lane)
    if id.opener == side {
      local[id]?.outbox.lane = lane
    } else {
      remote[id]?.outbox.lane = lane
    }
  }

  /// Takes a call out of the line and forgets what it had to send.
  mutating func dropOutbox(_ id: CallID) {
    let outbox = id.opener == side ? local[id]?.outbox : remote[id]?.outbox
    if let lane = outbox?.lane { schedule.remove(id, from: lane) }
    if let head = outbox?.head, head.kind == .request || head.kind == .response {
      queuedBytes -= head.unsentBytes
    }
    itemFlow(of: id)?.dropUnsent()
    if id.opener == side {
      local[id]?.outbox = Outbox()
    } else {
      remote[id]?.outbox = Outbox()
    }
  }
}

extension LoopInstant {
  /// What is left until `deadline`, as it travels: rounded up, at least 1, at most what fits (49
  /// days); 0 for never.
  fileprivate func wireMilliseconds(to deadline: LoopInstant) -> UInt32 {
    guard deadline != .never else { return 0 }
    guard deadline > self else { return 1 }
    let nanoseconds = deadline.nanoseconds - self.nanoseconds
    return UInt32(clamping: nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1))
  }
}
