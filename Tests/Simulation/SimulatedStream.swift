// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
package import Transport

/// One end of a `SimulatedLink`. Keeps the contract of `ByteStream` over a network that delays,
/// splits and joins.
///
/// Proof for `@unchecked Sendable`: confined to the thread of its world.
package final class SimulatedStream: ByteStream, @unchecked Sendable {
  private enum State {
    case open
    /// We said goodbye, or the peer did: nothing more is accepted.
    case finishing
    case ended(TransportError?)
  }

  let number: Int
  /// From here to the peer.
  var path: SimulatedPath
  private let home: SimulatedLoop
  private let limits = TransportLimits()
  /// The link keeps both. (A weak reference would make each retain of a stream several times dearer.)
  private unowned var peer: SimulatedStream?
  private var receiver: (any ByteStreamReceiver)?
  private var state = State.open
  private var outgoing: [UInt8] = []
  private var incoming: [UInt8] = []
  private var didSendFin = false
  private var didPeerFinish = false
  private var isPaused = false
  private var isFull = false
  private var isFlushQueued = false
  private var isDeliveryQueued = false
  private var linger: LoopTimer?
  private var world: SimulatedWorld { home.world }

  init(on home: SimulatedLoop, weather: LinkWeather, number: Int) {
    self.home = home
    self.number = number
    path = SimulatedPath(weather)
  }

  func connect(to peer: SimulatedStream) {
    self.peer = peer
    peer.peer = self
  }

  // MARK: ByteStream

  package var loop: any Loop { home }
  package var queuedBytes: Int { outgoing.count }

  package func start(_ receiver: any ByteStreamReceiver) {
    precondition(self.receiver == nil, "a stream was started twice")
    self.receiver = receiver
    if case .ended = state { queueEnd() } else { queueDelivery() }
  }

  package func write(_ bytes: [UInt8]) {
    precondition(home.isCurrent, "a stream was used off its loop")
    guard case .open = state, !bytes.isEmpty else { return }
    outgoing.append(contentsOf: bytes)
    if outgoing.count > limits.highMarkBytes { isFull = true }
    queueFlush()
  }

  package func pauseReading() { isPaused = true }

  package func resumeReading() {
    isPaused = false
    queueDelivery()
  }

  package func finish() {
    guard case .open = state else { return }
    state = .finishing
    queueFlush()
    linger = home.schedule(after: limits.lingerTimeout) { [self] in
      end(TransportError(.timedOut, "the peer did not close in time"))
    }
  }

  package func cancel() {
    end(TransportError(.cancelled, "cancelled"))
  }
}

// MARK: Movement of bytes.

extension SimulatedStream: TurnFlush {
  private func queueFlush() {
    guard !isFlushQueued else { return }
    isFlushQueued = true
    home.flushAtTurnEnd(self)
  }

  package func flush() {
    isFlushQueued = false
    if case .ended = state { return }
    let room = path.weather.windowBytes - path.bytesOnTheWay
    if room > 0, !outgoing.isEmpty {
      let taken = Array(outgoing.prefix(room))
      outgoing.removeFirst(taken.count)
      for piece in path.pieces(of: taken, &world.random) { send(piece) }
    }
    if outgoing.isEmpty, case .finishing = state, !didSendFin {
      didSendFin = true
      onArrival { $0.didPeerFinish = true }
    }
    endIfBothFinished()
    if isFull && outgoing.count < limits.lowMarkBytes {
      isFull = false
      home.submit { [self] in
        if case .ended = state { return }
        receiver?.streamDidDrain()
      }
    }
  }

  private func send(_ piece: [UInt8]) {
    path.enter(piece.count)
    onArrival { $0.incoming.append(contentsOf: piece) }
  }

  private func onArrival(_ body: @escaping @Sendable (SimulatedStream) -> Void) {
    let instant = path.arrival(in: world)
    guard let peer, !path.isCut else { return }
    world.insert(
      EventQueue.Event(at: instant, on: peer.home) { [self] in
        if path.isCut { return }
        body(peer)
        peer.queueDelivery()
      })
  }

  private func queueDelivery() {
    guard !isDeliveryQueued else { return }
    isDeliveryQueued = true
    home.submit { [self] in deliver() }
  }

  private func deliver() {
    isDeliveryQueued = false
    if case .ended = state { return }
    guard let receiver, !isPaused else { return }
    let most = max(path.weather.readBytesMax, incoming.count / 4)
    let count = min(incoming.count, Int.random(in: 1...most, using: &world.random))
    if count > 0 {
      let chunk = Array(incoming.prefix(count))
      incoming.removeFirst(count)
      world.note("deliver", number, count)
      chunk.withUnsafeBytes { receiver.streamDidReceive($0) }
      peer?.madeRoom(count)
      queueDelivery()
    } else if didPeerFinish {
      if case .open = state { state = .finishing }
      queueFlush()
      endIfBothFinished()
    }
  }

  /// The peer took bytes; the word of it travels back.
  private func madeRoom(_ count: Int) {
    let delay = world.random.duration(path.weather.delay)
    world.after(delay, on: home) { [self] in
      path.leave(count)
      queueFlush()
    }
  }

  // MARK: End

  private func endIfBothFinished() {
    guard case .finishing = state, didSendFin, didPeerFinish, incoming.isEmpty, outgoing.isEmpty,
      receiver != nil
    else { return }
    end(nil)
  }

  private func end(_ error: TransportError?) {
    if case .ended = state { return }
    world.note("stream ends", number, words: error.map { "\($0.code)" } ?? "in order")
    state = .ended(error)
    linger?.cancel()
    if error != nil, !path.isCut {
      peer?.hearReset(after: world.random.duration(path.weather.delay))
    }
    outgoing = []
    incoming = []
    if receiver != nil { queueEnd() }
  }

  /// May overtake what is on the way, as a reset does.
  func hearReset(after delay: Duration) {
    world.after(delay, on: home) { [self] in
      end(TransportError(.reset, "the peer cut the connection"))
    }
  }

  private func queueEnd() {
    home.submit { [self] in
      guard case .ended(let error) = state, let receiver else { return }
      self.receiver = nil
      receiver.streamDidEnd(error)
    }
  }
}
