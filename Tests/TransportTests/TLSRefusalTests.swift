// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import Transport

/// Over real sockets: who must not come in does not, both sides hear why, and the server goes on.
@Suite(.serialized) struct TLSRefusalTests {
  private func withServer(
    limits: TransportLimits = TransportLimits(), identity: TLSIdentity? = nil,
    verify: @escaping TLSContext.Verify = { _, _ in nil },
    _ body: (TLSServer) async throws -> Void
  ) async throws {
    let server = try await TLSServer(limits: limits, identity: identity, verify: verify)
    do {
      try await body(server)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  @Test("A peer as it should be comes in, and both know each other")
  func good() async throws {
    try await withServer { server in
      let client = try server.fixture.client(identity: server.fixture.identity("livy:session:b"))
      let connection = try await TLSDialer.dial(server.address, on: server.loop, context: client)
      #expect(connection.peer?.uris == ["livy:server:a"])
      #expect(connection.applicationProtocol == "closed/1")
      #expect(await eventually { server.connections.count == 1 })
      let there = try #require(server.connections.first)
      #expect(there.peer?.uris == ["livy:session:b"])
      #expect(there.peer?.usages == [.client, .server])
      #expect(there.applicationProtocol == "closed/1")
      #expect(there.remoteAddress.ip == "127.0.0.1")
      await connection.stream.cancel()
      try await server.servesGoodPeers()
      #expect(server.refusals.isEmpty)
    }
  }

  @Test("Without a certificate: in by the open protocol, out by the closed one")
  func noCertificate() async throws {
    try await withServer { server in
      let open = try server.fixture.client("open/1", identity: nil)
      let connection = try await TLSDialer.dial(server.address, on: server.loop, context: open)
      #expect(connection.applicationProtocol == "open/1")
      await connection.stream.cancel()
      let closed = try server.fixture.client(identity: nil)
      let here = await server.failure(of: closed)
      #expect(here?.code == .peerRejected)
      #expect(here?.reason?.contains("certificate required") == true)
      let there = try await server.nextRefusal()
      #expect(there.code == .untrusted)
      #expect(there.message.contains("no certificate"))
      try await server.servesGoodPeers()
    }
  }

  @Test("A client of another authority")
  func otherAuthority() async throws {
    try await withServer { server in
      let stranger = try TLSFixture().identity("livy:session:b")
      let here = await server.failure(of: try server.fixture.client(identity: stranger))
      #expect(here?.code == .peerRejected)
      #expect(here?.reason?.contains("alert unknown ca") == true)
      let there = try await server.nextRefusal()
      #expect(there.code == .untrusted)
      #expect(there.reason?.contains("issuer certificate") == true)
      try await server.servesGoodPeers()
    }
  }

  @Test("A client that vouches for itself")
  func selfSigned() async throws {
    try await withServer { server in
      let (own, keyPEM) = try CertificateAuthority.create(
        commonName: "me", lifetime: .seconds(600), now: TLSFixture.now)
      let identity = TLSIdentity(certificatePEM: own.pem, key: try PrivateKey(pem: keyPEM))
      let here = await server.failure(of: try server.fixture.client(identity: identity))
      #expect(here?.code == .peerRejected)
      let there = try await server.nextRefusal()
      #expect(there.code == .untrusted)
      #expect(there.reason?.contains("self-signed") == true)
      try await server.servesGoodPeers()
    }
  }

  @Test("A client whose certificate has expired, or is not for clients")
  func expired() async throws {
    try await withServer { server in
      let old = try server.fixture.identity(
        "livy:session:b", lifetime: .seconds(60), at: TLSFixture.now - 3_600)
      let here = await server.failure(of: try server.fixture.client(identity: old))
      #expect(here?.reason?.contains("expired") == true)
      #expect(try await server.nextRefusal().reason?.contains("expired") == true)

      let wrong = try server.fixture.identity("livy:session:b", usages: [.server])
      let rejected = await server.failure(of: try server.fixture.client(identity: wrong))
      #expect(rejected?.code == .peerRejected)
      #expect(try await server.nextRefusal().reason?.contains("purpose") == true)
      try await server.servesGoodPeers()
    }
  }

  @Test("A client in the wrong role, by the hook's judgement")
  func wrongRole() async throws {
    let verify: TLSContext.Verify = { certificate, _ in
      certificate.uris.contains { $0.hasPrefix("livy:session:") } ? nil : "no session"
    }
    try await withServer(verify: verify) { server in
      let poser = try server.fixture.identity("livy:server:a")
      let here = await server.failure(of: try server.fixture.client(identity: poser))
      #expect(here?.code == .peerRejected)
      let there = try await server.nextRefusal()
      #expect(there.code == .untrusted)
      #expect(there.reason == "no session")
      try await server.servesGoodPeers()
    }
  }

  @Test("A server of another authority, or in the wrong role, is refused by the client")
  func wrongServer() async throws {
    try await withServer { server in
      let trust = try TLSFixture().authority.pem
      let identity = try server.fixture.identity("livy:session:b")
      let stranger = try server.fixture.client(identity: identity, trusting: trust)
      #expect(await server.failure(of: stranger)?.code == .untrusted)
      let there = try await server.nextRefusal()
      #expect(there.code == .peerRejected)
      #expect(there.reason?.contains("unknown ca") == true)

      let choosy = try server.fixture.client(identity: identity) { certificate, name in
        certificate.uris == ["livy:server:b"] ? nil : "not server b, for \(name)"
      }
      let here = await server.failure(of: choosy)
      #expect(here?.code == .untrusted)
      #expect(here?.reason == "not server b, for closed/1")
      #expect(try await server.nextRefusal().code == .peerRejected)
      try await server.servesGoodPeers()
    }
  }

  @Test("A client with another protocol")
  func otherProtocol() async throws {
    try await withServer { server in
      let identity = try server.fixture.identity("livy:session:b")
      let other = try server.fixture.client("h2", identity: identity)
      let here = await server.failure(of: other)
      #expect(here?.code == .peerRejected)
      #expect(here?.reason?.contains("no application protocol") == true)
      let there = try await server.nextRefusal()
      #expect(there.code == .handshakeFailed)
      #expect(there.message.contains("ALPN"))
      try await server.servesGoodPeers()
    }
  }

  @Test(
    "A peer without TLS, and one that turns from the first byte",
    arguments: ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\u{16}\u{3}"])
  func plaintext(words: String) async throws {
    try await withServer { server in
      let connection = try await TCPDialer.dial(server.address, on: server.loop)
      let probe = await connection.stream.startProbe()
      await connection.stream.write(Array(words.utf8))
      await connection.stream.finish()
      #expect(await eventually { probe.hasEnded })
      let there = try await server.nextRefusal()
      #expect([.handshakeFailed, .reset].contains(there.code))
      try await server.servesGoodPeers()
    }
  }

  @Test(
    "openssl s_client: TLS 1.2 and no protocol are refused with words, TLS 1.3 gets in",
    arguments: [
      (["-tls1_2", "-alpn", "open/1"], "protocol version", "lacks TLS 1.3"),
      (["-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-alpn", "open/1"], "version", "lacks TLS 1.3"),
      (["-tls1_3"], "no application protocol", "ALPN"),
      (["-tls1_3", "-alpn", "h2"], "no application protocol", "ALPN"),
      (["-tls1_3", "-alpn", "open/1"], "ALPN protocol: open/1", nil),
      (["-tls1_3", "-alpn", "closed/1"], "certificate required", "no certificate"),
    ] as [([String], String, String?)])
  func opensslClient(arguments: [String], words: String, reason: String?) async throws {
    try await withServer { server in
      var options = ChildProcessOptions(
        executable: "openssl",
        arguments: ["s_client", "-connect", "\(server.address)", "-ign_eof"] + arguments)
      options.descriptors = [.pipe(.toChild), .pipe(.fromChild), .pipe(.fromChild)]
      let child = try await ChildProcess.spawn(options, on: server.loop)
      let input = try #require(child.pipe(0))
      let output = try #require(child.pipe(1))
      let errors = try #require(child.pipe(2))
      _ = await input.startProbe()
      let probes = (await output.startProbe(), await errors.startProbe())
      #expect(
        await eventually {
          String(decoding: probes.0.now.bytes + probes.1.now.bytes, as: UTF8.self).contains(words)
        })
      if let reason {
        #expect(try await server.nextRefusal().description.contains(reason))
        #expect(await child.waitForExit() != .exited(0))
      } else {
        await child.signal(SIGKILL, to: .process)
        // Killed, so without a goodbye: a truncation, and told as one.
        #expect(await eventually { server.ends.count == 1 })
        #expect(server.ends.first??.code == .reset)
      }
      try await server.servesGoodPeers()
    }
  }
}
