// SPDX-License-Identifier: Apache-2.0

internal import CUV
internal import Glibc

/// Where a listener's connections begin their life on one of its loops: brings each as far as
/// `accept` or a refusal, and tells the book. Confined to its loop.
final class Reception {
  private let loop: EventLoop
  private let tls: TLSContext?
  private let limits: TransportLimits
  private let admissions: Admissions
  private let accept: @Sendable (EstablishedConnection) -> Void
  /// Connections whose handshake has not ended, by their number.
  private var arrivals: [UInt64: Arrival] = [:]
  /// Those that showed no certificate, until they are closed.
  private var guests: [UInt64: UVStream] = [:]
  /// Those in a handshake that have something to read, the first first. May hold ones that left.
  private var ready: ArraySlice<Arrival> = []
  /// The one that may read in this turn.
  private var reading: Arrival?
  private var isPacing = false
  private var isClosed = false

  init(
    on loop: EventLoop, tls: TLSContext?, limits: TransportLimits, _ admissions: Admissions,
    accept: @escaping @Sendable (EstablishedConnection) -> Void
  ) {
    self.loop = loop
    self.tls = tls
    self.limits = limits
    self.admissions = admissions
    self.accept = accept
  }

  // MARK: Coming in

  func take(
    _ descriptor: Int32, _ visitor: AdmissionBook.Visitor, from address: SocketAddress
  ) {
    do throws(TransportError) {
      guard !isClosed else { throw TransportError(.closed, "the listener was closed") }
      try welcome(open(descriptor, from: address), visitor, address)
    } catch {
      Glibc.close(descriptor)
      admissions.change { $0.didLeave(visitor, at: self.loop.now) }
      refuse(address, error)
    }
  }

  private func open(
    _ descriptor: Int32, from address: SocketAddress
  ) throws(TransportError) -> UVStream {
    let peer = try UVStream.tcp(on: loop, name: "\(address)", limits: limits)
    do {
      try peer.open(descriptor)
    } catch {
      peer.cancel()
      throw error
    }
    return peer
  }

  private func welcome(
    _ peer: UVStream, _ visitor: AdmissionBook.Visitor, _ address: SocketAddress
  ) {
    peer.turnOffDelay()
    guard let tls else {
      whenClosed(peer, visitor) {}
      let plain = LoopBound<any ByteStream>(peer, on: loop)
      return accept(EstablishedConnection(stream: plain, remoteAddress: address))
    }
    let arrival = Arrival(peer, visitor, from: address, tls)
    arrivals[visitor.number] = arrival
    // Of a handshake TLS tells the end, right after.
    whenClosed(peer, visitor) { if arrival.stage != .shaking { self.leave(arrival) } }
    let words = "did not begin a TLS handshake"
    arrival.deadline = startDeadline(of: arrival, limits.handshakeTimeout, words)
    peer.waitUntilReadable { self.didSpeak(arrival) }
  }

  private func whenClosed(
    _ peer: UVStream, _ visitor: AdmissionBook.Visitor, _ body: @escaping () -> Void
  ) {
    peer.whenClosed = { [self] in
      body()
      guests[visitor.number] = nil
      admissions.change { $0.didLeave(visitor, at: loop.turnInstant) }
    }
    peer.countConnection()
  }

  private func startDeadline(
    of arrival: Arrival, _ limit: Duration, _ words: String
  ) -> LoopTimer {
    let bound = LoopBound((reception: Weak(self), arrival: Weak(arrival)), on: loop)
    return loop.schedule(after: limit) {
      guard let self = bound.value.reception.object, let arrival = bound.value.arrival.object
      else { return }
      let words = "\(arrival.address) \(words) within \(limit)"
      self.turnAway(arrival, TransportError(.timedOut, words))
    }
  }

  // MARK: The handshake

  private func didSpeak(_ arrival: Arrival) {
    guard arrival.stage == .silent else { return }
    arrival.stage = .waiting
    arrival.deadline?.cancel()
    let words = "did not get its turn for a TLS handshake"
    arrival.deadline = startDeadline(of: arrival, limits.waitTimeout, words)
    let visitor = arrival.visitor
    admissions.change { $0.didSpeak(visitor, at: self.loop.turnInstant) }
  }

  /// Its turn has come.
  func shakeHands(with visitor: AdmissionBook.Visitor) {
    guard let arrival = arrivals[visitor.number], arrival.stage == .waiting else { return }
    arrival.stage = .shaking
    arrival.deadline?.cancel()
    getReady(arrival)
  }

  private func begin(_ arrival: Arrival) {
    TLSStream.server(
      over: arrival.stream, context: arrival.tls, remoteAddress: arrival.address,
      timeout: limits.handshakeTimeout, limits: limits
    ) { outcome in self.didEndHandshake(arrival, outcome) }
  }

  private func didEndHandshake(
    _ arrival: Arrival, _ outcome: Result<EstablishedConnection, TransportError>
  ) {
    loop.counters.pointee.countHandshake(outcome)
    // It was turned away meanwhile, and its owner knows.
    guard arrival.stage == .shaking else { return }
    let (visitor, now) = (arrival.visitor, loop.turnInstant)
    leave(arrival)
    switch outcome {
    case .success(let connection):
      let isIdentified = connection.peer != nil
      if !isIdentified { guests[visitor.number] = arrival.stream }
      admissions.change {
        $0.didEndHandshake(visitor, isIdentified ? .identified : .anonymous, at: now)
      }
      accept(connection)
    case .failure(let error):
      admissions.change { $0.didEndHandshake(visitor, .failed, at: now) }
      admissions.refuse(arrival.address, error)
    }
  }

  // MARK: Going

  func turnAway(_ visitor: AdmissionBook.Visitor, _ error: TransportError) {
    if let arrival = arrivals[visitor.number] { return turnAway(arrival, error) }
    guests[visitor.number]?.cancel()
  }

  private func turnAway(_ arrival: Arrival, _ error: TransportError) {
    guard arrival.stage != .left else { return }
    leave(arrival)
    arrival.stream.cancel()
    refuse(arrival.address, error)
  }

  private func refuse(_ address: SocketAddress, _ error: TransportError) {
    loop.counters.pointee.refusals[error.code, default: 0] &+= 1
    admissions.refuse(address, error)
  }

  /// The arrival is proven, refused or gone. Idempotent.
  private func leave(_ arrival: Arrival) {
    arrival.stage = .left
    arrival.deadline?.cancel()
    arrivals[arrival.visitor.number] = nil
  }

  func close() {
    isClosed = true
    for arrival in arrivals.values { arrival.stream.cancel() }
  }
}

// MARK: The pace.

/// A step of a handshake costs up to some milliseconds of CPU, a call some microseconds. So one
/// handshake reads in each turn, the others are watched only, and connections that stand hardly
/// feel a storm of new ones.
extension Reception {
  private func getReady(_ arrival: Arrival) {
    ready.append(arrival)
    if !isPacing {
      isPacing = true
      step()
    }
  }

  private func step() {
    if let reading { rest(reading) }
    reading = nil
    var next = ready.popFirst()
    while let arrival = next, arrival.stage == .left { next = ready.popFirst() }
    guard let next else {
      isPacing = false
      return
    }
    reading = next
    if next.isBegun {
      next.stream.resumeReading()
    } else {
      next.isBegun = true
      begin(next)
    }
    loop.nextTurn { self.step() }
  }

  private func rest(_ arrival: Arrival) {
    guard arrival.stage == .shaking else { return }
    arrival.stream.pauseReading()
    arrival.stream.waitUntilReadable { self.getReady(arrival) }
  }
}

/// A connection that has not proven itself yet.
private final class Arrival {
  enum Stage {
    case silent, waiting, shaking, left
  }

  let stream: UVStream
  let visitor: AdmissionBook.Visitor
  let address: SocketAddress
  let tls: TLSContext
  var stage = Stage.silent
  /// Its handshake reads, or has read.
  var isBegun = false
  var deadline: LoopTimer?

  init(
    _ stream: UVStream, _ visitor: AdmissionBook.Visitor, from address: SocketAddress,
    _ tls: TLSContext
  ) {
    self.stream = stream
    self.visitor = visitor
    self.address = address
    self.tls = tls
  }
}
