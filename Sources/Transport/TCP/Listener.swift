// SPDX-License-Identifier: Apache-2.0

/// Accepts TCP connections, with TLS where a context is given, and spreads them over the loops of a
/// group: each goes to the loop that has the fewest, before its handshake. Who may come in is judged
/// for all loops together.
package final class Listener: Sendable {
  /// With the real port where 0 or a range was asked for.
  package let localAddress: SocketAddress
  private let socket: LoopBound<ListeningSocket>
  private let admissions: Admissions

  /// Listens on `address`, or with `ports` on the first free one of them.
  ///
  /// - Parameters:
  ///   - accept: a connection is ready: with TLS after its handshake. It must be started or
  ///     cancelled. Called on the connection's own loop.
  ///   - refused: a peer was turned away: its address and why (for a failure of the listener
  ///     itself, its own address). Called on any loop of the group.
  /// - Throws: `addressInUse`, `badAddress`, `unreachable` (the address is not of this host),
  ///   `limit` (no descriptor is left), `system`.
  package static func listen(
    on group: EventLoopGroup, at address: SocketAddress, ports: ClosedRange<UInt16>? = nil,
    tls: TLSContext? = nil, limits: TransportLimits? = nil,
    accept: @escaping @Sendable (EstablishedConnection) -> Void,
    refused: @escaping @Sendable (SocketAddress, TransportError) -> Void = { _, _ in }
  ) async throws(TransportError) -> Listener {
    let loop = group.loops[0]
    let limits = limits ?? loop.limits
    let admissions = Admissions(group, tls: tls, limits: limits, accept: accept, refused: refused)
    let outcome = await loop.run { () -> Result<Listener, TransportError> in
      Result { () throws(TransportError) -> Listener in
        let socket = try ListeningSocket.bind(
          on: loop, at: address, ports: ports, limits: limits, admissions)
        return Listener(socket, admissions, on: loop)
      }
    }
    if case .failure = outcome { await admissions.close() }
    return try outcome.get()
  }

  /// As above, on one loop.
  package static func listen(
    on loop: EventLoop, at address: SocketAddress, ports: ClosedRange<UInt16>? = nil,
    tls: TLSContext? = nil, limits: TransportLimits? = nil,
    accept: @escaping @Sendable (EstablishedConnection) -> Void,
    refused: @escaping @Sendable (SocketAddress, TransportError) -> Void = { _, _ in }
  ) async throws(TransportError) -> Listener {
    try await listen(
      on: EventLoopGroup(loop), at: address, ports: ports, tls: tls, limits: limits,
      accept: accept, refused: refused)
  }

  private init(_ socket: ListeningSocket, _ admissions: Admissions, on loop: EventLoop) {
    localAddress = socket.localAddress
    self.socket = LoopBound(socket, on: loop)
    self.admissions = admissions
  }

  /// Stops listening and cuts whoever is not through with its handshake; accepted connections
  /// live on. When it returns the port is free.
  package func close() async {
    await withCheckedContinuation { waiter in
      let socket = socket
      socket.loop.submit { socket.value.close(waiter) }
    }
    await admissions.close()
  }
}
