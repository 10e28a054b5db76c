// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import Transport

/// An authority with a server's and a client's certificate.
struct TestAuthority {
  struct Contexts: Sendable {
    var server: TLSContext
    var client: TLSContext
  }

  let authority: CertificateAuthority
  let now: Int64

  init() throws {
    now = systemSeconds()
    authority = try CertificateAuthority.create(
      commonName: "test", lifetime: .seconds(7_200), now: now
    ).authority
  }

  func identity(
    _ uri: String, usages: Set<PeerCertificate.Usage> = [.client, .server],
    lifetime: Duration = .seconds(3_600), now: Int64? = nil
  ) throws -> TLSIdentity {
    let key = try PrivateKey.generate()
    let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
    let issued = try authority.issue(
      for: request, uri: uri, usages: usages, lifetime: lifetime, now: now ?? self.now)
    return TLSIdentity(certificatePEM: issued.pem, key: key)
  }

  func server(
    verify: @escaping TLSContext.Verify = { _, _ in nil }
  ) throws -> TLSContext {
    try TLSContext.server(
      identity: try identity("livy:server:a"), trusting: authority.pem,
      protocols: [
        .init("livy/1", clientCertificate: .required),
        .init("livy-enroll/1", clientCertificate: .none),
      ], verify: verify)
  }

  func client(
    _ identity: TLSIdentity?, applicationProtocol: String = "livy/1",
    verify: @escaping TLSContext.Verify = { _, _ in nil }
  ) throws -> TLSContext {
    try TLSContext.client(
      identity: identity, trusting: authority.pem, applicationProtocol: applicationProtocol,
      verify: verify)
  }

  func contexts() throws -> Contexts {
    Contexts(server: try server(), client: try client(identity("livy:session:b")))
  }
}

extension Ends {
  static func tlsOverMemory(_ loop: EventLoop, limits: TransportLimits) async throws -> Ends {
    let contexts = try TestAuthority().contexts()
    var options = MemoryStream.Options()
    options.limits = limits
    // Odd pieces, so that records and deliveries never fit each other.
    options.chunks = .every(7_919)
    let below = MemoryStream.pair(on: loop, options: options)
    let address = SocketAddress(ip: "127.0.0.1", port: 1)
    async let near = handshake(on: loop) { done in
      TLSStream.client(
        over: below.near.value, context: contexts.client, remoteAddress: address,
        timeout: limits.handshakeTimeout, limits: limits, done: done)
    }
    async let far = handshake(on: loop) { done in
      TLSStream.server(
        over: below.far.value, context: contexts.server, remoteAddress: address,
        timeout: limits.handshakeTimeout, limits: limits, done: done)
    }
    return try await Ends(near: near.stream, far: far.stream, loops: [loop])
  }

  static func handshake(
    on loop: EventLoop,
    _ begin:
      @escaping @Sendable (
        @escaping (Result<EstablishedConnection, TransportError>) -> Void
      ) -> Void
  ) async throws -> EstablishedConnection {
    let outcome = await withCheckedContinuation { waiter in
      loop.submit { begin { waiter.resume(returning: $0) } }
    }
    return try outcome.get()
  }
}
