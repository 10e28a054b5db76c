// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// The socket of a `Listener`: takes connections out of the kernel's backlog and hands each to the
/// loop where the listener has the fewest. Confined to its own loop.
///
/// One socket that hands over, not one with SO_REUSEPORT for each loop: that spreads by a hash of
/// the addresses, and measured with two loops 10 connections came out as 2 and 8, 100 as 36 and 64,
/// 1,000 as 477 and 523; handed over they are even. Both cost the server the same 28 to 30
/// microseconds a connection, as one wake-up serves all that came in a turn. And a port with
/// SO_REUSEPORT never seems taken, so a second server of the user would get a part of the drivers.
final class ListeningSocket: UVHandleOwner {
  private let descriptor: ListeningDescriptor
  private let limits: TransportLimits
  private let admissions: Admissions
  /// The system had no descriptor, and has not given one since.
  private var isShort = false
  private var pause: LoopTimer?
  private var closeWaiters: [CheckedContinuation<Void, Never>] = []

  private init(
    on loop: EventLoop, _ descriptor: ListeningDescriptor, limits: TransportLimits,
    _ admissions: Admissions
  ) {
    self.descriptor = descriptor
    self.limits = limits
    self.admissions = admissions
    super.init(on: loop)
  }

  var localAddress: SocketAddress { descriptor.localAddress }

  /// Tries the ports in their order; an error other than "in use" ends the search.
  static func bind(
    on loop: EventLoop, at address: SocketAddress, ports: ClosedRange<UInt16>?,
    limits: TransportLimits, _ admissions: Admissions
  ) throws(TransportError) -> ListeningSocket {
    var last = TransportError(.addressInUse, "no port of the range is free")
    for port in ports ?? address.port...address.port {
      do {
        let descriptor = try ListeningDescriptor(
          at: SocketAddress(ip: address.ip, port: port), backlog: limits.backlog)
        let socket = ListeningSocket(on: loop, descriptor, limits: limits, admissions)
        try socket.watch()
        return socket
      } catch {
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

  private func watch() throws(TransportError) {
    let what = "cannot listen on \(localAddress)"
    let (loop, descriptor) = (eventLoop, descriptor)
    do {
      try adopt(UV_POLL, what) { memory in
        let poll = memory.assumingMemoryBound(to: uv_poll_t.self)
        return uv_poll_init(loop.raw, poll, descriptor.raw)
      }
    } catch {
      descriptor.close()
      throw error
    }
    resume()
  }

  private var poll: UnsafeMutablePointer<uv_poll_t>? {
    UnsafeMutableRawPointer(handle)?.assumingMemoryBound(to: uv_poll_t.self)
  }

  private func resume() {
    guard let poll, uv_is_closing(handle) == 0 else { return }
    uv_poll_start(poll, Int32(UV_READABLE.rawValue), listenerDidHear)
  }

  /// The rest waits for the next turn, so that a storm does not keep the loop from its other work.
  fileprivate func didHear() {
    for _ in 0..<limits.acceptsPerTurnMax {
      switch descriptor.accept() {
      case .connection(let peer, let address):
        isShort = false
        admissions.arrive(peer, from: address)
      case .none: return
      case .gone: break
      case .failure(let error): return rest(error)
      }
    }
  }

  /// Who waits in the backlog is not closed for our shortage: he comes in when it is over.
  private func rest(_ error: TransportError) {
    if let poll { uv_poll_stop(poll) }
    eventLoop.counters.pointee.acceptPauses &+= 1
    if !isShort {
      isShort = true
      admissions.refuse(localAddress, error)
    }
    let bound = LoopBound(Weak(self), on: eventLoop)
    pause = eventLoop.schedule(after: limits.acceptPause) { bound.value.object?.resume() }
  }

  // MARK: The end

  func close(_ waiter: CheckedContinuation<Void, Never>) {
    if handle == nil { return waiter.resume() }
    closeWaiters.append(waiter)
    closeHandle()
  }

  override func handleDidClose() {
    pause?.cancel()
    descriptor.close()
    for waiter in closeWaiters { waiter.resume() }
    closeWaiters = []
  }
}

private func listenerDidHear(
  _ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32
) {
  owner(handle?.pointee.data, as: ListeningSocket.self)?.didHear()
}
