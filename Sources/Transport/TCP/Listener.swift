// SPDX-License-Identifier: Apache-2.0

/// Accepts TCP connections on one loop, with TLS where a context is given.
package final class Listener: Sendable {
  /// With the real port where 0 or a range was asked for.
  package let localAddress: SocketAddress
  private let socket: LoopBound<ListeningSocket>

  /// Listens on `address`, or with `ports` on the first free one of them. Both closures are
  /// called on the loop.
  ///
  /// - Parameters:
  ///   - accept: a connection is ready: with TLS after its handshake. It must be started or
  ///     cancelled.
  ///   - refused: a peer was turned away: its address and why (for a failure of the listener
  ///     itself, its own address).
  /// - Throws: `addressInUse`, `badAddress`, `unreachable` (the address is not of this host),
  ///   `system`.
  package static func listen(
    on loop: EventLoop, at address: SocketAddress, ports: ClosedRange<UInt16>? = nil,
    tls: TLSContext? = nil, limits: TransportLimits? = nil,
    accept: @escaping @Sendable (EstablishedConnection) -> Void,
    refused: @escaping @Sendable (SocketAddress, TransportError) -> Void = { _, _ in }
  ) async throws(TransportError) -> Listener {
    let limits = limits ?? loop.limits
    let outcome = await loop.run { () -> Result<Listener, TransportError> in
      Result { () throws(TransportError) -> Listener in
        let socket = try ListeningSocket.bind(on: loop, at: address, ports: ports) {
          ListeningSocket(
            on: loop, tls: tls, limits: limits, accept: accept, refused: refused)
        }
        return Listener(socket, on: loop)
      }
    }
    return try outcome.get()
  }

  private init(_ socket: ListeningSocket, on loop: EventLoop) {
    localAddress = socket.localAddress
    self.socket = LoopBound(socket, on: loop)
  }

  /// Stops listening and cuts whoever is not through with its handshake; accepted connections
  /// live on. When it returns the port is free.
  package func close() async {
    await withCheckedContinuation { waiter in
      let socket = socket
      socket.loop.submit { socket.value.close(waiter) }
    }
  }
}
