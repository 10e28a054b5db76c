// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// The handle of a `Listener`: takes connections out of the kernel's backlog, counts them in an
/// `AdmissionBook`, and brings each as far as `accept` or `refused`. Confined to its loop.
final class ListeningSocket: UVHandleOwner {
  private(set) var localAddress = SocketAddress(ip: "", port: 0)
  private let tls: TLSContext?
  private let limits: TransportLimits
  private let accept: @Sendable (EstablishedConnection) -> Void
  private let refused: @Sendable (SocketAddress, TransportError) -> Void

  private var book: AdmissionBook
  /// Connections whose handshake has not ended, by identity.
  private var arrivals: [ObjectIdentifier: Arrival] = [:]
  /// Those that sent a byte and wait for a slot, the first first. May hold ones that are gone.
  private var queue: ArraySlice<Arrival> = []
  /// A connection stays in libuv's hand, which stops looking for more until it is taken.
  private var isHolding = false
  private var isClosed = false
  private var closeWaiters: [CheckedContinuation<Void, Never>] = []

  init(
    on loop: EventLoop, tls: TLSContext?, limits: TransportLimits,
    accept: @escaping @Sendable (EstablishedConnection) -> Void,
    refused: @escaping @Sendable (SocketAddress, TransportError) -> Void
  ) {
    self.tls = tls
    self.limits = limits
    self.accept = accept
    self.refused = refused
    book = AdmissionBook(limits: limits)
    super.init(on: loop)
  }

  /// Tries the ports in their order; an error other than "in use" ends the search.
  static func bind(
    on loop: EventLoop, at address: SocketAddress, ports: ClosedRange<UInt16>?,
    making make: () -> ListeningSocket
  ) throws(TransportError) -> ListeningSocket {
    var last = TransportError(.addressInUse, "no port of the range is free")
    for port in ports ?? address.port...address.port {
      let socket = make()
      do {
        try socket.listen(at: SocketAddress(ip: address.ip, port: port))
        return socket
      } catch {
        socket.closeHandle()
        guard error.code == .addressInUse else { throw error }
        last = error
      }
    }
    if let ports, ports.count > 1 {
      let range = "\(ports.lowerBound) to \(ports.upperBound)"
      last.message = "every port from \(range) of \(address.ip) is in use"
    }
    throw last
  }

  private func listen(at address: SocketAddress) throws(TransportError) {
    let what = "cannot listen on \(address)"
    let loop = eventLoop
    try adopt(UV_TCP, what) { uv_tcp_init(loop.raw, $0.assumingMemoryBound(to: uv_tcp_t.self)) }
    guard let tcp, let stream else { return }
    try check(try address.withSockaddr { uv_tcp_bind(tcp, $0, 0) }, what)
    try check(uv_listen(stream, limits.backlog, listenerDidHear), what)
    localAddress = try SocketAddress(what) { uv_tcp_getsockname(tcp, $0, $1) }
  }

  private var tcp: UnsafeMutablePointer<uv_tcp_t>? {
    UnsafeMutableRawPointer(handle)?.assumingMemoryBound(to: uv_tcp_t.self)
  }

  private var stream: UnsafeMutablePointer<uv_stream_t>? {
    UnsafeMutableRawPointer(handle)?.assumingMemoryBound(to: uv_stream_t.self)
  }

  // MARK: Coming in

  fileprivate func didHear(_ code: Int32) {
    if code < 0 {
      let error = UVError(number: code).asTransportError("cannot accept on \(localAddress)")
      return refused(localAddress, error)
    }
    guard book.accepts else {
      isHolding = true
      return
    }
    takeOne()
  }

  private func takeOne() {
    guard let stream else { return }
    do {
      let peer = try UVStream.tcp(on: eventLoop, name: "a peer", limits: limits)
      do {
        try check(uv_accept(stream, peer.stream), "cannot accept on \(localAddress)")
        try admit(peer, from: peer.remoteAddress())
      } catch {
        // It came and was gone before we looked, which is nobody's failure.
        peer.cancel()
      }
    } catch {
      refused(localAddress, error)
    }
  }

  private func admit(_ peer: UVStream, from address: SocketAddress) {
    peer.name = "\(address)"
    if case .refuse(let error) = book.judge(address, isSecured: tls != nil) {
      peer.cancel()
      return refused(address, error)
    }
    peer.turnOffDelay()
    guard let tls else {
      peer.whenClosed = { self.book.didClose() }
      let plain = LoopBound<any ByteStream>(peer, on: eventLoop)
      return accept(EstablishedConnection(stream: plain, remoteAddress: address))
    }
    let arrival = Arrival(peer, from: address)
    arrivals[ObjectIdentifier(arrival)] = arrival
    peer.whenClosed = {
      self.leave(arrival)
      self.book.didClose()
    }
    arrival.deadline = startDeadline(of: arrival)
    peer.waitUntilReadable { self.didSpeak(arrival, tls) }
  }

  private func startDeadline(of arrival: Arrival) -> LoopTimer {
    let bound = LoopBound(Weak(arrival), on: eventLoop)
    let owner = LoopBound(Weak(self), on: eventLoop)
    let limit = limits.handshakeTimeout
    return eventLoop.schedule(after: limit) {
      guard let arrival = bound.value.object, let self = owner.value.object else { return }
      let words = "\(arrival.address) did not begin a TLS handshake within \(limit)"
      self.turnAway(arrival, TransportError(.timedOut, words))
    }
  }

  // MARK: The handshake

  private func didSpeak(_ arrival: Arrival, _ tls: TLSContext) {
    guard arrival.stage == .silent else { return }
    // From here on it waits for us, not we for it. That ends within `handshakeTimeout`: no slot
    // is held for longer, and there are as many slots as places to wait.
    arrival.deadline?.cancel()
    if book.hasFreeSlot { return shakeHands(with: arrival, tls) }
    arrival.stage = .waiting
    book.didQueue()
    queue.append(arrival)
  }

  private func shakeHands(with arrival: Arrival, _ tls: TLSContext) {
    arrival.stage = .shaking
    book.didStartHandshake()
    TLSStream.server(
      over: arrival.stream, context: tls, remoteAddress: arrival.address,
      timeout: limits.handshakeTimeout, limits: limits
    ) { outcome in
      self.leave(arrival)
      switch outcome {
      case .success(let connection): self.accept(connection)
      case .failure(let error): self.refused(arrival.address, error)
      }
    }
  }

  private func turnAway(_ arrival: Arrival, _ error: TransportError) {
    guard arrival.stage != .left else { return }
    leave(arrival)
    arrival.stream.cancel()
    refused(arrival.address, error)
  }

  /// The arrival is proven, refused or gone: whoever waits for its slot comes next. Idempotent.
  private func leave(_ arrival: Arrival) {
    let stage = arrival.stage
    guard stage != .left else { return }
    arrival.stage = .left
    arrival.deadline?.cancel()
    arrivals[ObjectIdentifier(arrival)] = nil
    book.didLeave(arrival.address)
    switch stage {
    case .waiting: book.didUnqueue()
    case .shaking: book.didEndHandshake()
    case .silent, .left: break
    }
    fillSlots()
  }

  private func fillSlots() {
    guard let tls, !isClosed else { return }
    while book.hasFreeSlot, let next = queue.popFirst() {
      guard next.stage == .waiting else { continue }
      book.didUnqueue()
      shakeHands(with: next, tls)
    }
    if isHolding && book.accepts {
      isHolding = false
      takeOne()
    }
  }

  // MARK: The end

  func close(_ waiter: CheckedContinuation<Void, Never>) {
    if handle == nil { return waiter.resume() }
    closeWaiters.append(waiter)
    close()
  }

  override func loopWillStop() {
    close()
  }

  private func close() {
    guard !isClosed else { return }
    isClosed = true
    queue = []
    for arrival in arrivals.values { arrival.stream.cancel() }
    closeHandle()
  }

  override func handleDidClose() {
    for waiter in closeWaiters { waiter.resume() }
    closeWaiters = []
  }
}

/// A connection that has not proven itself yet.
private final class Arrival {
  enum Stage {
    case silent, waiting, shaking, left
  }

  let stream: UVStream
  let address: SocketAddress
  var stage = Stage.silent
  var deadline: LoopTimer?

  init(_ stream: UVStream, from address: SocketAddress) {
    self.stream = stream
    self.address = address
  }
}

private func listenerDidHear(_ stream: UnsafeMutablePointer<uv_stream_t>?, _ code: Int32) {
  owner(stream?.pointee.data, as: ListeningSocket.self)?.didHear(code)
}
