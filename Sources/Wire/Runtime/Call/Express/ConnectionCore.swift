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
  var lastTerms: CallTerms?
  /// Handlers that answer at once.
  let prompt: PromptTable

  /// Bytes of this turn, before they are handed to the stream.
  let output = OutputBuffer()
  /// From the start to the end; this and the stream keep a running connection alive.
  private(set) var connection: Connection?
  private(set) var stream: (any ByteStream)?
  private var streamSide: StreamSide?
  /// Until the start: on whatever thread the connection is made.
  private var unopened: LoopBound<any ByteStream>?
  /// Between the start and the beginning of the end.
  var isRunning = false
  var keepalive: Keepalive
  var receivedBytes = 0
  /// What the connection's timer for deadlines is set to.
  var armedDeadline = LoopInstant.never
  /// The time in this turn, where the turn is open.
  private(set) var turnInstant = LoopInstant.never
  /// How long the output may grow by small messages; 0 while the stream is backed up, so that then
  /// all calls stand in one line; negative where the turn is not open.
  private(set) var outputEnd = -1
  private var isFlushScheduled = false

  init(
    _ stream: LoopBound<any ByteStream>, limits: WireLimits, serving table: MethodTable,
    machine: consuming ConnectionMachine
  ) {
    loop = stream.loop
    unopened = stream
    self.limits = limits
    self.machine = machine
    parser = FrameParser(payloadBytesMax: limits.framePayloadBytesMax)
    keepalive = Keepalive(interval: limits.keepaliveInterval, timeout: limits.keepaliveTimeout)
    prompt = PromptTable(table.prompt)
  }

  // MARK: Life

  func start(for connection: Connection) {
    self.connection = connection
    stream = unopened?.value
    unopened = nil
    isRunning = true
    let streamSide = StreamSide(self)
    self.streamSide = streamSide
    stream?.start(streamSide)
  }

  func cancelStream() {
    (stream ?? unopened?.value)?.cancel()
  }

  /// The stream is let go on its loop.
  func end() {
    isRunning = false
    stream = nil
    unopened = nil
    streamSide = nil
    connection = nil
  }

  // MARK: The turn

  /// Time, as of the first question in this turn.
  var now: LoopInstant {
    if outputEnd < 0 { openTurn() }
    return turnInstant
  }

  /// What holds for the rest of this turn. The flush ends it; kept without one to come, it would
  /// hold in later turns as well.
  private func openTurn() {
    turnInstant = loop.turnInstant
    setNeedsFlush()
    guard isFlushScheduled else { return }
    setOutputEnd(pieceBytes: Self.firstPieceBytes)
  }

  /// Nothing may stand before the hello. A piece of output that the kernel would take is reason to
  /// look again (`extendsRoom`).
  private func setOutputEnd(pieceBytes: Int) {
    guard let stream, machine.control.hello == nil else {
      outputEnd = 0
      return
    }
    let queuedBytes = stream.queuedBytes
    let room = max(0, limits.unsentBytesMax - queuedBytes)
    outputEnd = queuedBytes == 0 ? min(room, pieceBytes) : room
  }

  /// The turn's output may grow so far, now that it is open, or that it has been sent in part: much
  /// output leaves before the turn ends, while the kernel takes it and the peer begins with it.
  func extendsRoom(to end: Int) -> Bool {
    if outputEnd < 0 { openTurn() }
    guard end > outputEnd, outputEnd > 0 else { return end <= outputEnd }
    let bytes = end - output.count
    if let stream, stream.queuedBytes == 0, !output.isEmpty {
      stream.send(output.bytes)
      forgetOutput()
    }
    setOutputEnd(pieceBytes: max(Self.pieceBytes, bytes))
    return output.count + bytes <= outputEnd
  }

  /// Sends what there is to send, at the end of this turn of the loop.
  func setNeedsFlush() {
    guard !isFlushScheduled, isRunning else { return }
    isFlushScheduled = true
    if let streamSide { loop.flushAtTurnEnd(streamSide) }
  }

  /// The turn ends.
  func beginFlush() {
    isFlushScheduled = false
    outputEnd = -1
  }

  /// How much the machine may send now, beside what went past it in this turn. A large message
  /// moves in each turn, however many small ones there are.
  func room(of stream: any ByteStream) -> ConnectionMachine.Room {
    let room = limits.unsentBytesMax - stream.queuedBytes
    return ConnectionMachine.Room(
      messageBytes: room > 0 ? max(0, room - output.count) : room,
      controlBytes: room + limits.unsentBytesMax - output.count)
  }

  /// Gives the stream this turn's output and, behind it, what the machine may send: in pieces, which
  /// stay in the processor's cache on their way through encryption.
  func sendOutput(
    within room: ConnectionMachine.Room, to stream: any ByteStream, at now: LoopInstant
  ) {
    var room = room
    repeat {
      let rest = machine.appendOutput(to: output, &room, pieceBytes: Self.pieceBytes, at: now)
      guard !output.isEmpty else { return }
      rest.withUnsafeBytes { stream.send(output.bytes, $0) }
      forgetOutput()
    } while machine.hasOutput && room.messageBytes >= 0
  }

  /// A piece is ended by the frame that makes it as large; with that, and its records, it fits into
  /// one of the buffers that TLS lends.
  private static let pieceBytes = 48 << 10
  /// The first piece of a turn is smaller: the peer has work then while we go on with the turn, and
  /// neither sleeps. As measured, with calls of 100 bytes: from twice as many on it doubles their
  /// rate, at no more CPU; much smaller ones cost more than they bring.
  private static let firstPieceBytes = 12 << 10

  /// It was sent. Memory is kept for as much again and more, so that one large message does not stay
  /// with a connection that has become quiet.
  private func forgetOutput() {
    output.removeAll(
      keepingAtMost: min(Self.keptOutputBytesMax, max(Self.keptOutputBytesMin, 2 * output.count)))
  }

  private static let keptOutputBytesMin = 4 << 10
  /// A piece and a frame that ends it.
  private static let keptOutputBytesMax = 72 << 10

  var isDrained: Bool { machine.isDrained && express.openCount == 0 && output.isEmpty }
  var areCallsDone: Bool { machine.areCallsDone && express.openCount == 0 }
  /// Calls of both sides.
  var openCount: Int { machine.local.openCount + machine.remote.openCount + express.openCount }

  /// The earliest deadline of all calls, where the timer is not set for it or before.
  var unarmedDeadline: LoopInstant? {
    let earliest = min(machine.nextDeadline ?? .never, express.earliestDeadline)
    return earliest < armedDeadline ? earliest : nil
  }
}
