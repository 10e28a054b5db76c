// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A TCP connection or a pipe as a `ByteStream`.
///
/// Reads go into the loop's one buffer. What is written in one turn is gathered in `outgoing` and
/// leaves by one `uv_try_write` at the turn's end; what the kernel does not take then, one
/// `uv_write` at a time carries. The receiver hears of the end from the close callback, so
/// exactly once and last.
final class UVStream: UVHandleOwner, ByteStream {
  /// Memory that an idle stream keeps for its next burst.
  private static let keptCapacityBytes = 16 << 10

  /// The peer, for messages of errors.
  var name: String
  private let limits: TransportLimits
  private var life: StreamLife
  private var receiver: (any ByteStreamReceiver)?
  private var outgoing: [UInt8] = []
  private var isWriting = false
  private var isFlushQueued = false
  /// `queuedBytes` rose above the high mark and has not fallen below the low one yet.
  private var isFull = false
  private var isPaused = false
  /// Reads one after the other that filled the loop's buffer.
  private var fullReads = 0
  /// No reads until the turn's end.
  private var isResting = false
  private var isClosed = false
  private var linger: LoopTimer?
  private var whenReadable: (() -> Void)?
  private(set) var counters = StreamCounters()
  /// Told when the handle is closed and its descriptor is free.
  var whenClosed: (() -> Void)?

  var loop: any Loop { eventLoop }

  /// The handle is made next, by `adopt`.
  init(
    on loop: EventLoop, name: String, limits: TransportLimits, life: StreamLife = StreamLife()
  ) {
    self.name = name
    self.limits = limits
    self.life = life
    super.init(on: loop)
  }

  var stream: UnsafeMutablePointer<uv_stream_t>? {
    UnsafeMutableRawPointer(handle)?.assumingMemoryBound(to: uv_stream_t.self)
  }

  // MARK: ByteStream

  func start(_ receiver: any ByteStreamReceiver) {
    precondition(self.receiver == nil, "a stream was started twice")
    self.receiver = receiver
    if isClosed {
      eventLoop.later { self.tellEnd() }
    } else if !life.isEnded && !isPaused {
      read()
    }
  }

  func write(_ bytes: [UInt8]) {
    guard life.isOpen, !bytes.isEmpty else { return }
    if outgoing.isEmpty && bytes.count > Self.keptCapacityBytes {
      outgoing = bytes
    } else {
      outgoing.append(contentsOf: bytes)
    }
    if !isFull && queuedBytes > limits.highMarkBytes { isFull = true }
    queueFlush()
  }

  func send(_ bytes: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer) {
    send(lent: bytes)
    if !rest.isEmpty { send(lent: rest) }
  }

  private func send(lent bytes: UnsafeRawBufferPointer) {
    guard life.isOpen, !bytes.isEmpty else { return }
    guard outgoing.isEmpty, !isWriting else { return write([UInt8](bytes)) }
    writeOut(bytes)
    if !isFull && queuedBytes > limits.highMarkBytes { isFull = true }
  }

  var queuedBytes: Int {
    outgoing.count + (stream.map { Int(uv_stream_get_write_queue_size($0)) } ?? 0)
  }

  func pauseReading() {
    guard !isPaused else { return }
    isPaused = true
    if let stream, !life.isEnded { uv_read_stop(stream) }
  }

  func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    stopWaitingUntilReadable()
    if receiver != nil && !life.isEnded && !isResting { read() }
  }

  func finish() {
    take(life.finish())
  }

  func cancel() {
    fail(TransportError(.cancelled, "the connection with \(name) was cancelled"))
  }

  override func loopWillStop() {
    fail(TransportError(.cancelled, "the loop of the connection with \(name) stopped"))
  }

  /// Calls `body` once as soon as there is something to read (bytes, the peer's end or an error),
  /// and takes nothing away. Only before `start` or while paused; what is resumed does not wait.
  func waitUntilReadable(_ body: @escaping () -> Void) {
    whenReadable = body
    guard let stream, !life.isEnded else { return }
    let code = uv_read_start(stream, streamLendsNothing, streamIsReadable)
    if code < 0 { fail(UVError(number: code).asTransportError("cannot read from \(name)")) }
  }

  // MARK: Reading

  private func read() {
    guard let stream else { return }
    let code = uv_read_start(stream, streamLendsBuffer, streamDidRead)
    // The peer's end was seen already; it is on its way to the receiver.
    if code < 0 && !life.isOpen { return }
    if code < 0 { fail(UVError(number: code).asTransportError("cannot read from \(name)")) }
  }

  fileprivate func didRead(_ count: Int, _ buffer: UnsafePointer<uv_buf_t>?) {
    if count > 0, let base = buffer?.pointee.base {
      countRead(count)
      if count == buffer?.pointee.len { didFillBuffer() } else { fullReads = 0 }
      receiver?.streamDidReceive(UnsafeRawBufferPointer(start: base, count: count))
    } else if count == Int(UV_EOF.rawValue) {
      take(life.didReceiveEnd())
    } else if count < 0 {
      let error = UVError(number: Int32(truncatingIfNeeded: count))
      fail(error.asTransportError("the connection with \(name) broke"))
    }
  }

  /// libuv reads on, up to 32 times, while buffers are full. What others wait for, and the answers to
  /// what came, shall not wait for so long.
  private func didFillBuffer() {
    fullReads += 1
    guard fullReads == limits.readsPerTurnMax, let stream else { return }
    fullReads = 0
    isResting = true
    uv_read_stop(stream)
    queueFlush()
  }

  fileprivate func isReadable() {
    guard let body = whenReadable else { return }
    stopWaitingUntilReadable()
    body()
  }

  private func stopWaitingUntilReadable() {
    guard let stream, whenReadable != nil else { return }
    uv_read_stop(stream)
    whenReadable = nil
  }

  // MARK: Life

  private func take(_ step: StreamLife.Step) {
    switch step {
    case .none: break
    case .finish:
      startLinger()
      queueFlush()
    case .sendGoodbye: sendGoodbye()
    case .close: close()
    }
  }

  private func fail(_ error: TransportError) {
    take(life.fail(error))
  }

  private func startLinger() {
    let bound = LoopBound(Weak(self), on: eventLoop)
    let limit = limits.lingerTimeout
    linger = eventLoop.schedule(after: limit) {
      guard let stream = bound.value.object else { return }
      let message = "\(stream.name) did not take the rest and close within \(limit)"
      stream.fail(TransportError(.timedOut, message))
    }
  }

  private func sendGoodbye() {
    guard let stream else { return }
    let request = UVRequest<uv_shutdown_t>(for: self)
    let code = uv_shutdown(request.raw, stream, streamDidShutDown)
    if code < 0 {
      request.drop()
      didSendGoodbye(code)
    }
  }

  fileprivate func didSendGoodbye(_ code: Int32) {
    let error =
      code < 0
      ? UVError(number: code).asTransportError("cannot close the connection with \(name)") : nil
    take(life.didSendGoodbye(error))
  }

  private func close() {
    linger?.cancel()
    outgoing = []
    whenReadable = nil
    guard case .ended(let error) = life.state else { return }
    // A peer must be able to tell a cut from an orderly end: so a cut is a reset.
    if error == nil || !resetHandle() { closeHandle() }
  }

  override func handleDidClose() {
    isClosed = true
    whenClosed?()
    whenClosed = nil
    tellEnd()
  }

  private func tellEnd() {
    guard let receiver, case .ended(let error) = life.state else { return }
    self.receiver = nil
    receiver.streamDidEnd(error)
  }
}

// MARK: Writing.

extension UVStream: TurnFlush {
  private func queueFlush() {
    guard !isFlushQueued else { return }
    isFlushQueued = true
    eventLoop.flushAtTurnEnd(self)
  }

  func flush() {
    isFlushQueued = false
    if isResting {
      isResting = false
      if !isPaused, !life.isEnded { read() }
    }
    guard !isWriting, !life.isEnded else { return }
    if !outgoing.isEmpty {
      outgoing.withUnsafeBytes { writeOut($0) }
      outgoing.removeAll(keepingCapacity: outgoing.capacity <= Self.keptCapacityBytes)
    }
    guard !isWriting, !life.isEnded else { return }
    take(life.didFlush())
    tellDrained()
  }

  /// Gives the kernel what it takes at once; the rest is copied and follows.
  private func writeOut(_ bytes: UnsafeRawBufferPointer) {
    guard let stream else { return }
    var buffer = uv_buf_t(lending: bytes)
    let taken = uv_try_write(stream, &buffer, 1)
    if taken < 0 && taken != UV_EAGAIN.rawValue { return failWrite(taken) }
    countWrite(bytes.count)
    let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(Int(max(0, taken))))
    guard !rest.isEmpty else { return }
    let request = UVRequest<uv_write_t>(for: self, carrying: rest)
    buffer = request.buffer
    let code = uv_write(request.raw, stream, &buffer, 1, streamDidWrite)
    if code < 0 {
      request.drop()
      return failWrite(code)
    }
    isWriting = true
  }

  fileprivate func didWrite(_ code: Int32) {
    isWriting = false
    guard !life.isEnded else { return }
    if code < 0 { return failWrite(code) }
    if isFull, queuedBytes < limits.lowMarkBytes {
      isFull = false
      receiver?.streamDidDrain()
    }
    queueFlush()
  }

  private func failWrite(_ code: Int32) {
    fail(UVError(number: code).asTransportError("cannot write to \(name)"))
  }

  /// In a later round: the receiver will write at once, and this turn's flush shall come to an end.
  private func tellDrained() {
    guard isFull, queuedBytes < limits.lowMarkBytes else { return }
    isFull = false
    eventLoop.later {
      if !self.life.isEnded { self.receiver?.streamDidDrain() }
    }
  }
}

// MARK: Counting.

extension UVStream {
  /// It is a connection that stands. After `whenClosed` was set.
  func countConnection() {
    eventLoop.counters.pointee.connectionsOpened &+= 1
    let then = whenClosed
    whenClosed = { [eventLoop] in
      eventLoop.counters.pointee.connectionsClosed &+= 1
      then?()
    }
  }

  private func countRead(_ count: Int) {
    counters.reads &+= 1
    counters.bytesRead &+= UInt64(count)
    eventLoop.counters.pointee.reads &+= 1
    eventLoop.counters.pointee.bytesRead &+= UInt64(count)
  }

  /// A piece that the kernel does not take at once counts as a whole: it is carried to the end.
  private func countWrite(_ count: Int) {
    counters.writes &+= 1
    counters.bytesWritten &+= UInt64(count)
    eventLoop.counters.pointee.writes &+= 1
    eventLoop.counters.pointee.bytesWritten &+= UInt64(count)
  }
}

// MARK: Callbacks of libuv.

/// The stream whose callback runs. These callbacks are given to libuv with handles of a `UVStream`
/// only, and a handle keeps its owner until it is closed: so it may be borrowed, without a count of
/// references.
@inline(__always)
private func withStream(
  of stream: UnsafeMutablePointer<uv_stream_t>?, _ body: (UVStream) -> Void
) {
  guard let data = stream?.pointee.data else { return }
  Unmanaged<UVHandleOwner>.fromOpaque(data)._withUnsafeGuaranteedRef {
    body(unsafeDowncast($0, to: UVStream.self))
  }
}

private func streamLendsBuffer(
  _ handle: UnsafeMutablePointer<uv_handle_t>?, _ suggested: Int,
  _ buffer: UnsafeMutablePointer<uv_buf_t>?
) {
  guard let data = handle?.pointee.data else { return }
  Unmanaged<UVHandleOwner>.fromOpaque(data)._withUnsafeGuaranteedRef {
    buffer?.pointee = uv_buf_t(lending: UnsafeRawBufferPointer($0.eventLoop.readBuffer))
  }
}

private func streamDidRead(
  _ stream: UnsafeMutablePointer<uv_stream_t>?, _ count: Int, _ buffer: UnsafePointer<uv_buf_t>?
) {
  withStream(of: stream) { $0.didRead(count, buffer) }
}

/// With an empty buffer libuv reports `ENOBUFS` instead of reading.
private func streamLendsNothing(
  _ handle: UnsafeMutablePointer<uv_handle_t>?, _ suggested: Int,
  _ buffer: UnsafeMutablePointer<uv_buf_t>?
) {
  buffer?.pointee = uv_buf_t(base: nil, len: 0)
}

private func streamIsReadable(
  _ stream: UnsafeMutablePointer<uv_stream_t>?, _ count: Int, _ buffer: UnsafePointer<uv_buf_t>?
) {
  withStream(of: stream) { $0.isReadable() }
}

private func streamDidWrite(_ request: UnsafeMutablePointer<uv_write_t>?, _ code: Int32) {
  UVRequest<uv_write_t>.finish(request?.pointee.data, UVStream.self)?.didWrite(code)
}

private func streamDidShutDown(_ request: UnsafeMutablePointer<uv_shutdown_t>?, _ code: Int32) {
  UVRequest<uv_shutdown_t>.finish(request?.pointee.data, UVStream.self)?.didSendGoodbye(code)
}
