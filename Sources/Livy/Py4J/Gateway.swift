// SPDX-License-Identifier: Apache-2.0

package import Transport

/// The Py4J gateway of a JVM: where it is, and the secret that it asks for. Every connection opened
/// here is one thread in the JVM, with its own job group and class loader.
package struct Gateway: Sendable {
  package let loop: any Loop
  package let limits: Py4JLimits
  private let secret: String
  private let dial: @Sendable () async throws(TransportError) -> EstablishedConnection

  /// `dial` makes a connection on `loop` to the gateway.
  package init(
    loop: any Loop, secret: String, limits: Py4JLimits = Py4JLimits(),
    dial: @escaping @Sendable () async throws(TransportError) -> EstablishedConnection
  ) {
    self.loop = loop
    self.secret = secret
    self.limits = limits
    self.dial = dial
  }

  /// The gateway of the JVM that started this process: it listens on loopback.
  package init(
    port: UInt16, secret: String, on loop: EventLoop, limits: Py4JLimits = Py4JLimits()
  ) {
    self.init(loop: loop, secret: secret, limits: limits) { () throws(TransportError) in
      try await TCPDialer.dial(SocketAddress(ip: "127.0.0.1", port: port), on: loop)
    }
  }

  /// A connection that the gateway accepted.
  package func open() async throws(Py4JError) -> GatewayConnection {
    let established: EstablishedConnection
    do {
      established = try await dial()
    } catch {
      throw Py4JError(.refused, "no connection to the JVM's gateway: \(error)")
    }
    let connection = GatewayConnection(established, limits: limits)
    try await connection.begin(secret: secret)
    return connection
  }
}
