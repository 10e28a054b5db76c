// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

/// Two connections with mutual TLS over loopback, each on a loop of its own.
struct LoopbackPair {
  var near: Connection
  var far: Connection
  var nearWitness: Witness
  var farWitness: Witness

  static func with(
    near nearLimits: WireLimits = WireLimits(), far farLimits: WireLimits = WireLimits(),
    _ body: (LoopbackPair) async throws -> Void
  ) async throws {
    let nearLoop = try EventLoop.start(name: "near")
    let farLoop = try EventLoop.start(name: "far")
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(
        try await run(on: nearLoop, farLoop, limits: (nearLimits, farLimits), body))
    } catch {
      result = .failure(error)
    }
    await nearLoop.stop()
    await farLoop.stop()
    try result.get()
  }

  private static func run(
    on nearLoop: EventLoop, _ farLoop: EventLoop, limits: (near: WireLimits, far: WireLimits),
    _ body: (LoopbackPair) async throws -> Void
  ) async throws {
    let contexts = try LoopbackContexts()
    let (nearWitness, farWitness) = (Witness(), Witness())
    let (accepted, continuation) = AsyncStream<Connection>.makeStream()
    let listener = try await Listener.listen(
      on: farLoop, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: contexts.server
    ) { established in
      let far = Connection(
        established, side: .accepted, serving: .forTests(farWitness), limits: limits.far)
      far.assumeIsolated { $0.start() }
      continuation.yield(far)
    }
    let near = Connection(
      try await TLSDialer.dial(listener.localAddress, on: nearLoop, context: contexts.client),
      side: .dialed, serving: .forTests(nearWitness), limits: limits.near)
    await near.start()
    var arrivals = accepted.makeAsyncIterator()
    let far = try #require(await arrivals.next())
    try await body(
      LoopbackPair(near: near, far: far, nearWitness: nearWitness, farWitness: farWitness))
    await near.close()
    await far.close()
    await listener.close()
  }
}

/// A server and a client that one authority vouches for.
struct LoopbackContexts {
  var server: TLSContext
  var client: TLSContext

  init() throws {
    let now = Int64(Date().timeIntervalSince1970)
    let authority = try CertificateAuthority.create(
      commonName: "test", lifetime: .seconds(7_200), now: now
    ).authority
    func identity(_ uri: String) throws -> TLSIdentity {
      let key = try PrivateKey.generate()
      let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
      let issued = try authority.issue(
        for: request, uri: uri, usages: [.client, .server], lifetime: .seconds(3_600), now: now)
      return TLSIdentity(certificatePEM: issued.pem, key: key)
    }
    server = try TLSContext.server(
      identity: try identity("livy:server:a"), trusting: authority.pem,
      protocols: [.init("livy/1", clientCertificate: .required)], verify: { _, _ in nil })
    client = try TLSContext.client(
      identity: try identity("livy:session:b"), trusting: authority.pem,
      applicationProtocol: "livy/1", verify: { _, _ in nil })
  }
}
