// SPDX-License-Identifier: Apache-2.0

/// TLS over any other stream. Runs the engine, holds no logic of TLS itself.
///
///     handshaking ──> ready ──start──> flowing ──finish / goodbye──> finishing ──> ended
///          └─────────────┴───────────────┴──────────(error)───────────────────────> ended
///
/// In `ready` nobody listens yet: the stream below is paused, and what came with the last flight
/// waits in `pending`.
final class TLSStream: ByteStream {
  private enum State {
    case handshaking
    case ready
    case flowing
    /// Our goodbye is on its way; the peer's is awaited.
    case finishing
    case ended(TransportError?)
  }

  let loop: any Loop
  private let plain: any ByteStream
  private let context: TLSContext
  private let remoteAddress: SocketAddress
  private let limits: TransportLimits
  /// Nil on an accepted connection until the peer's first byte: whoever only connects costs no
  /// memory of OpenSSL.
  private var engine: TLSEngine?
  private var state = State.handshaking
  private var receiver: (any ByteStreamReceiver)?
  private var done: ((Result<EstablishedConnection, TransportError>) -> Void)?
  private let handshake = Handshake()
  private var deadline: LoopTimer?
  /// Plaintext that nobody took yet; at most what one delivery of the stream below decrypts to.
  private var pending: [UInt8] = []
  /// Plaintext that was written in this turn.
  private var outgoing: [UInt8] = []
  private var isPaused = false
  private var isFlushQueued = false
  /// `queuedBytes` was seen above the high mark, and `streamDidDrain` is owed.
  private var isFull = false

  /// Waits for a client's handshake. `done` is called exactly once, on the loop.
  static func server(
    over plain: any ByteStream, context: TLSContext, remoteAddress: SocketAddress,
    timeout: Duration, limits: TransportLimits,
    done: @escaping (Result<EstablishedConnection, TransportError>) -> Void
  ) {
    let stream = TLSStream(plain, context, remoteAddress, limits, done)
    stream.begin(timeout: timeout)
  }

  /// Begins a handshake with a server. `done` is called exactly once, on the loop.
  static func client(
    over plain: any ByteStream, context: TLSContext, remoteAddress: SocketAddress,
    timeout: Duration, limits: TransportLimits,
    done: @escaping (Result<EstablishedConnection, TransportError>) -> Void
  ) {
    let stream = TLSStream(plain, context, remoteAddress, limits, done)
    stream.begin(timeout: timeout)
    do {
      let engine = try TLSEngine(context, target: "\(remoteAddress)")
      stream.engine = engine
      try engine.start()
      stream.sendOutput()
    } catch {
      stream.fail(error)
    }
  }

  private init(
    _ plain: any ByteStream, _ context: TLSContext, _ remoteAddress: SocketAddress,
    _ limits: TransportLimits,
    _ done: @escaping (Result<EstablishedConnection, TransportError>) -> Void
  ) {
    self.plain = plain
    self.context = context
    self.remoteAddress = remoteAddress
    self.limits = limits
    self.done = done
    loop = plain.loop
  }

  private func begin(timeout: Duration) {
    let bound = LoopBound(handshake, on: loop)
    deadline = loop.schedule(after: timeout) {
      guard let stream = bound.value.stream else { return }
      let words = "the TLS handshake with \(stream.remoteAddress) did not end within \(timeout)"
      stream.fail(TransportError(.timedOut, words))
    }
    handshake.stream = self
    plain.start(self)
  }

  /// Leads the timer to the stream for as long as the handshake lasts. (A weak reference would do,
  /// too, but an object that has one is several times as dear to retain, for all its life.)
  private final class Handshake {
    var stream: TLSStream?
  }

  // MARK: ByteStream

  func start(_ receiver: any ByteStreamReceiver) {
    precondition(self.receiver == nil, "a stream was started twice")
    self.receiver = receiver
    switch state {
    case .ended: tellEndLater()
    case .handshaking, .flowing: break
    case .ready, .finishing:
      if case .ready = state { state = .flowing }
      resumeLater()
    }
  }

  func write(_ bytes: [UInt8]) {
    switch state {
    case .ready, .flowing:
      outgoing.append(contentsOf: bytes)
      if queuedBytes > limits.highMarkBytes { isFull = true }
      queueFlush()
    case .handshaking, .finishing, .ended: break
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer) {
    switch state {
    case .ready, .flowing:
      encrypt()
      encrypt(bytes)
      if !rest.isEmpty { encrypt(rest) }
      sendOutput()
      if queuedBytes > limits.highMarkBytes { isFull = true }
    case .handshaking, .finishing, .ended: break
    }
  }

  var queuedBytes: Int { outgoing.count + plain.queuedBytes }

  var counters: StreamCounters { plain.counters }

  func pauseReading() {
    isPaused = true
    plain.pauseReading()
  }

  func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    resumeLater()
  }

  func finish() {
    switch state {
    case .ready, .flowing:
      encrypt()
      engine?.close()
      sendOutput()
      state = .finishing
      plain.finish()
    case .handshaking: cancel()
    case .finishing, .ended: break
    }
  }

  func cancel() {
    fail(TransportError(.cancelled, "the connection was cancelled"))
  }

  // MARK: Reading

  private func resumeLater() {
    let bound = LoopBound(self, on: loop)
    loop.submit { bound.value.resume() }
  }

  private func resume() {
    guard !isPaused, let receiver else { return }
    if case .ended = state { return }
    if !pending.isEmpty {
      let bytes = pending
      pending = []
      bytes.withUnsafeBytes { receiver.streamDidReceive($0) }
    }
    if case .peerClosed? = engine?.state { return farewell() }
    if !isPaused { plain.resumeReading() }
  }

  private func deliver(_ plaintext: UnsafeRawBufferPointer) {
    guard let receiver, !isPaused, pending.isEmpty else {
      pending.append(contentsOf: plaintext)
      return
    }
    receiver.streamDidReceive(plaintext)
  }

  private func place(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
    guard let receiver, !isPaused, pending.isEmpty else { return false }
    return receiver.streamHasPlace(fill)
  }

  /// The peer said goodbye and nothing of its bytes waits any more: what is queued leaves, then
  /// our own goodbye.
  private func farewell() {
    guard pending.isEmpty else { return }
    finish()
    // While paused the stream below would never tell of the peer's end.
    plain.resumeReading()
  }

  // MARK: Writing

  private func queueFlush() {
    guard !isFlushQueued else { return }
    isFlushQueued = true
    loop.flushAtTurnEnd(self)
  }

  private func encrypt() {
    guard !outgoing.isEmpty else { return }
    let bytes = outgoing
    outgoing = []
    bytes.withUnsafeBytes { encrypt($0) }
  }

  private func encrypt(_ bytes: UnsafeRawBufferPointer) {
    do throws(TransportError) {
      try engine?.send(bytes)
    } catch {
      fail(error)
    }
  }

  private func acquireEngine() throws(TransportError) -> TLSEngine {
    if let engine { return engine }
    let made = try TLSEngine(context)
    engine = made
    return made
  }

  private func sendOutput() {
    engine?.drainOutput { plain.send($0) }
  }

  // MARK: Handshake and end

  private func advance(from old: TLSEngine.State) {
    guard let engine, old == .handshaking, engine.state != .handshaking else { return }
    guard case .handshaking = state else { return }
    state = .ready
    endWait()
    // Nobody listens before `start`.
    plain.pauseReading()
    var established = EstablishedConnection(
      stream: LoopBound(self, on: loop), applicationProtocol: engine.applicationProtocol,
      peer: engine.peer, remoteAddress: remoteAddress)
    established.isResumed = engine.isResumed
    let done = self.done
    self.done = nil
    done?(.success(established))
  }

  private func endWait() {
    deadline?.cancel()
    handshake.stream = nil
  }

  /// Ends with an error. An alert that tells the peer why goes out first.
  private func fail(_ error: TransportError) {
    if case .ended = state { return }
    end(error)
    sendOutput()
    if error.code == .cancelled || error.code == .timedOut {
      plain.cancel()
    } else {
      plain.finish()
      plain.resumeReading()
    }
  }

  private func end(_ error: TransportError?) {
    if case .ended = state { return }
    state = .ended(error)
    endWait()
    outgoing = []
    pending = []
    if let done {
      self.done = nil
      done(
        .failure(
          error ?? TransportError(.reset, "the peer closed the connection within the handshake")))
    } else if receiver != nil {
      tellEndLater()
    }
  }

  private func tellEndLater() {
    let bound = LoopBound(self, on: loop)
    loop.submit { bound.value.tellEnd() }
  }

  private func tellEnd() {
    guard case .ended(let error) = state, let receiver else { return }
    self.receiver = nil
    receiver.streamDidEnd(error)
  }
}

extension TLSStream: TurnFlush {
  func flush() {
    isFlushQueued = false
    encrypt()
    sendOutput()
    // The stream below may have emptied before it got this turn's bytes. Then it never was full
    // and will not tell that it drained.
    if isFull && plain.queuedBytes <= limits.highMarkBytes {
      let bound = LoopBound(self, on: loop)
      loop.submit { if bound.value.isFull { bound.value.streamDidDrain() } }
    }
  }
}

extension TLSStream: ByteStreamReceiver {
  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {
    if case .ended = state { return }
    do throws(TransportError) {
      let engine = try acquireEngine()
      let old = engine.state
      try engine.receive(bytes, place: { place($0) }, plaintext: { deliver($0) })
      sendOutput()
      advance(from: old)
      if engine.state == .peerClosed, receiver != nil, !isPaused { farewell() }
    } catch {
      fail(error)
    }
  }

  func streamDidDrain() {
    if case .ended = state { return }
    isFull = false
    receiver?.streamDidDrain()
  }

  func streamDidEnd(_ error: TransportError?) {
    if let error { return end(error) }
    // TCP's end without TLS's goodbye: somebody cut the connection, and bytes may be missing (RFC
    // 8446, 6.1).
    switch engine?.state {
    case .peerClosed?: end(nil)
    case .handshaking?, .open?, nil:
      end(TransportError(.reset, "\(remoteAddress) cut the connection without a goodbye"))
    }
  }
}
