// SPDX-License-Identifier: Apache-2.0

package import Transport

/// One end of a connection in memory: a `ByteStream` without a kernel, for tests of the floors
/// above.
///
/// It keeps the whole contract: bytes move at the end of a turn and arrive in a later one; the
/// peer takes no more than `windowBytes` ahead of its receiver, so a paused receiver makes the
/// writer's `queuedBytes` grow; `cancel` shows the peer a reset. Both ends live on one loop.
package final class MemoryStream: ByteStream {
  /// How the bytes of one direction are cut before they are delivered.
  package enum Chunks: Sendable {
    /// As large as the window allows.
    case whole
    case every(Int)
    /// One border after so many bytes from the beginning.
    case cut(at: Int)
  }

  package struct Options: Sendable {
    package var chunks = Chunks.whole
    package var windowBytes = 64 << 10
    package var limits = TransportLimits()

    package init() {}
  }

  private enum State {
    case open
    /// We said goodbye, or the peer did: nothing more is accepted.
    case finishing
    case ended(TransportError?)
  }

  package let loop: any Loop
  private let options: Options
  private var peer: MemoryStream?
  private var receiver: (any ByteStreamReceiver)?
  private var state = State.open
  private var outgoing = ByteQueue()
  private var incoming = ByteQueue()
  private var deliveredBytes = 0
  private var didPeerFinish = false
  private var isPaused = false
  private var isFull = false
  private var isFlushQueued = false
  private var isDeliveryQueued = false
  private var linger: LoopTimer?

  /// Two connected ends. They may be opened (`value`) on `loop` only.
  package static func pair(
    on loop: any Loop, options: Options = Options()
  ) -> (near: LoopBound<any ByteStream>, far: LoopBound<any ByteStream>) {
    let near = MemoryStream(on: loop, options: options)
    let far = MemoryStream(on: loop, options: options)
    near.peer = far
    far.peer = near
    return (LoopBound(near, on: loop), LoopBound(far, on: loop))
  }

  /// As `pair`, dressed as connections that a dialer and a listener would hand out.
  package static func connections(
    on loop: any Loop, applicationProtocol: String? = nil, options: Options = Options()
  ) -> (near: EstablishedConnection, far: EstablishedConnection) {
    let ends = pair(on: loop, options: options)
    let address = SocketAddress(ip: "127.0.0.1", port: 1)
    return (
      EstablishedConnection(
        stream: ends.near, applicationProtocol: applicationProtocol, remoteAddress: address),
      EstablishedConnection(
        stream: ends.far, applicationProtocol: applicationProtocol, remoteAddress: address)
    )
  }

  private init(on loop: any Loop, options: Options) {
    self.loop = loop
    self.options = options
  }

  // MARK: ByteStream

  package func start(_ receiver: any ByteStreamReceiver) {
    precondition(self.receiver == nil, "a stream was started twice")
    self.receiver = receiver
    if case .ended = state { queueEnd() } else { queueDelivery() }
  }

  package func write(_ bytes: [UInt8]) {
    guard case .open = state, !bytes.isEmpty else { return }
    outgoing.append(bytes)
    if outgoing.count > options.limits.highMarkBytes { isFull = true }
    queueFlush()
  }

  package var queuedBytes: Int { outgoing.count }

  package func pauseReading() {
    isPaused = true
  }

  package func resumeReading() {
    isPaused = false
    queueDelivery()
  }

  package func finish() {
    guard case .open = state else { return }
    state = .finishing
    queueFlush()
    let bound = LoopBound(self, on: loop)
    linger = loop.schedule(after: options.limits.lingerTimeout) {
      bound.value.end(TransportError(.timedOut, "the peer did not close in time"))
    }
  }

  package func cancel() {
    end(TransportError(.cancelled, "cancelled"))
  }
}

// MARK: Movement of bytes.

extension MemoryStream: TurnFlush {
  private func queueFlush() {
    guard !isFlushQueued else { return }
    isFlushQueued = true
    loop.flushAtTurnEnd(self)
  }

  package func flush() {
    isFlushQueued = false
    guard let peer else { return }
    let room = options.windowBytes - peer.incoming.count
    peer.incoming.append(outgoing.take(atMost: room))
    if outgoing.isEmpty, case .finishing = state { peer.didPeerFinish = true }
    peer.queueDelivery()
    endIfBothFinished()
    if isFull && outgoing.count < options.limits.lowMarkBytes {
      isFull = false
      let bound = LoopBound(self, on: loop)
      loop.submit { bound.value.tellDrained() }
    }
  }

  private func tellDrained() {
    if case .ended = state { return }
    receiver?.streamDidDrain()
  }

  private func queueDelivery() {
    guard !isDeliveryQueued else { return }
    isDeliveryQueued = true
    let bound = LoopBound(self, on: loop)
    loop.submit { bound.value.deliver() }
  }

  private func deliver() {
    isDeliveryQueued = false
    if case .ended = state { return }
    guard let receiver, !isPaused else { return }
    let chunk = incoming.take(atMost: nextChunkBytes)
    if !chunk.isEmpty {
      deliveredBytes += chunk.count
      chunk.withUnsafeBytes { receiver.streamDidReceive($0) }
      peer?.queueFlush()
      queueDelivery()
    } else if didPeerFinish {
      if case .open = state { state = .finishing }
      queueFlush()
      endIfBothFinished()
    }
  }

  private var nextChunkBytes: Int {
    switch options.chunks {
    case .whole: .max
    case .every(let count): max(1, count)
    case .cut(let index): deliveredBytes < index ? index - deliveredBytes : .max
    }
  }

  /// The peer's goodbye was delivered, and all of ours has left.
  private func endIfBothFinished() {
    guard case .finishing = state, didPeerFinish, incoming.isEmpty, outgoing.isEmpty, !isPaused,
      receiver != nil
    else { return }
    peer?.didPeerFinish = true
    peer?.queueDelivery()
    end(nil)
  }

  private func end(_ error: TransportError?) {
    if case .ended = state { return }
    state = .ended(error)
    linger?.cancel()
    if error != nil { peer?.end(TransportError(.reset, "the peer cut the connection")) }
    peer = nil
    outgoing = ByteQueue()
    incoming = ByteQueue()
    if receiver != nil { queueEnd() }
  }

  private func queueEnd() {
    let bound = LoopBound(self, on: loop)
    loop.submit { bound.value.tellEnd() }
  }

  private func tellEnd() {
    guard case .ended(let error) = state, let receiver else { return }
    self.receiver = nil
    receiver.streamDidEnd(error)
  }
}

/// Bytes in order, taken from the front without moving the rest each time.
private struct ByteQueue {
  private var bytes: [UInt8] = []
  private var head = 0

  var count: Int { bytes.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ more: [UInt8]) {
    bytes.append(contentsOf: more)
  }

  mutating func take(atMost limit: Int) -> [UInt8] {
    let end = head + min(max(0, limit), count)
    let taken = Array(bytes[head..<end])
    head = end
    if head == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      head = 0
    }
    return taken
  }
}
