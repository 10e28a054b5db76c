// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite("Certificates are replaced while connections go on", .serialized)
struct ReloadTests {
  @Test("The next handshake shows the new certificate, an open connection goes on")
  func replaced() async throws {
    let loop = try EventLoop.start(name: "test-reload")
    let fixture = try TLSFixture()
    let (server, client) = try fixture.contexts()
    let accepted = Locked<[EstablishedConnection]>([])
    let listener = try await Listener.listen(
      on: loop, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: server
    ) { connection in accepted.withLock { $0.append(connection) } }
    let old = try await TLSDialer.dial(listener.localAddress, on: loop, context: client)
    let near = await old.stream.startProbe()
    #expect(old.peer?.uris == ["livy:server:a"])
    #expect(await eventually { client.sessionCount == 1 })

    try server.reload(
      identity: fixture.identity("livy:server:new"), trusting: fixture.authority.pem)
    #expect(server.sessionCount == 0)
    let new = try await TLSDialer.dial(listener.localAddress, on: loop, context: client)
    #expect(new.peer?.uris == ["livy:server:new"])
    #expect(await eventually { accepted.withLock { $0.count } == 2 })
    #expect(server.handshakes == HandshakeCounts(full: 2, resumed: 0, failed: 0))
    let far = await accepted.withLock { $0[0] }.stream.startProbe()
    await old.stream.write([1, 2, 3])
    #expect(await eventually { far.now.bytes == [1, 2, 3] })
    #expect(!near.hasEnded)

    // The dialer's side, too.
    try client.reload(identity: fixture.identity("livy:session:c"), trusting: fixture.authority.pem)
    _ = try await TLSDialer.dial(listener.localAddress, on: loop, context: client)
    #expect(await eventually { accepted.withLock { $0.last }?.peer?.uris == ["livy:session:c"] })
    await loop.stop()
  }

  @Test("A handshake that has begun ends with the certificate that it began with")
  func underWay() throws {
    let fixture = try TLSFixture()
    let (server, client) = try fixture.contexts()
    var pair = try EnginePair(client: client, server: server, target: "there")
    try server.reload(
      identity: fixture.identity("livy:server:new"), trusting: fixture.authority.pem)
    pair.run()
    #expect(pair.client.peer?.uris == ["livy:server:a"])
    // What it leaves behind counts for nothing.
    #expect(server.sessionCount == 0)
    var next = try EnginePair(client: client, server: server, target: "there")
    next.run()
    #expect(!next.server.isResumed && next.client.peer?.uris == ["livy:server:new"])
  }

  @Test("A new authority shuts out those of the former, sessions and all")
  func otherAuthority() throws {
    let fixture = try TLSFixture()
    let (server, client) = try fixture.contexts()
    var first = try EnginePair(client: client, server: server, target: "there")
    first.run()
    let other = try TLSFixture()
    try server.reload(identity: other.identity("livy:server:a"), trusting: other.authority.pem)
    var pair = try EnginePair(client: client, server: server, target: "there")
    pair.run()
    #expect(!pair.server.isResumed && pair.clientError?.code == .untrusted)
  }

  enum Fault: String, CaseIterable, Sendable {
    case noCertificate, otherKey, otherAuthority, expired, noAuthority
  }

  @Test("A bad certificate is not taken, and the former stays", arguments: Fault.allCases)
  func bad(fault: Fault) throws {
    let fixture = try TLSFixture()
    let (server, client) = try fixture.contexts()
    var identity = try fixture.identity("livy:server:new")
    var authority = fixture.authority.pem
    switch fault {
    case .noCertificate: identity.certificatePEM = "-----BEGIN CERTIFICATE-----\n"
    case .otherKey: identity.key = try PrivateKey.generate()
    case .otherAuthority: identity = try TLSFixture().identity("livy:server:new")
    case .expired:
      identity = try fixture.identity(
        "livy:server:new", lifetime: .seconds(60), at: TLSFixture.now - 3_000)
    case .noAuthority: authority = ""
    }
    let error = #expect(throws: TransportError.self) {
      try server.reload(identity: identity, trusting: authority)
    }
    #expect(error?.code == (fault == .otherKey ? .badKey : .badCertificate))
    #expect(error?.message.hasPrefix("the new certificate is not taken") == true)
    #expect(error?.reason != nil)
    var pair = try EnginePair(client: client, server: server)
    pair.run()
    #expect(pair.client.peer?.uris == ["livy:server:a"])
    #expect(pair.client.state == .open && pair.server.state == .open)
  }
}
