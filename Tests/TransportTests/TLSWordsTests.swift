// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

/// When two do not come together, each side says who disliked what, and what to do about it.
@Suite("Words of TLS")
struct TLSWordsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Makes the two sides.
    var contexts: @Sendable (TLSFixture) throws -> (client: TLSContext, server: TLSContext)
    var client: (code: TransportError.Code, words: [String])
    var server: (code: TransportError.Code, words: [String])
  }

  private static func named(_ name: String?) -> TLSContext.Options {
    var options = TLSContext.Options()
    options.serverName = name
    return options
  }

  /// The client's fault, and the server sees it.
  static let badClients: [Case] = [
    Case(
      testDescription: "expired",
      contexts: { f in
        let old = try f.identity(
          "livy:session:b", lifetime: .seconds(60), at: TLSFixture.now - 3_000)
        return (try f.client(identity: old), try f.server())
      },
      client: (.peerRejected, ["the peer refused us", "has expired by its clock"]),
      server: (.untrusted, ["we refused", "has expired", "needs a new one"])),
    Case(
      testDescription: "not yet valid",
      contexts: { f in
        let early = try f.identity("livy:session:b", at: TLSFixture.now + 3_000)
        return (try f.client(identity: early), try f.server())
      },
      client: (.peerRejected, ["the peer refused us", "not valid yet by its clock"]),
      server: (.untrusted, ["we refused", "not valid yet", "compare the clocks"])),
    Case(
      testDescription: "of another authority",
      contexts: { f in
        let stranger = try TLSFixture().identity("livy:session:b")
        return (try f.client(identity: stranger), try f.server())
      },
      client: (.peerRejected, ["the peer refused us", "not of its authority", "another server"]),
      server: (.untrusted, ["we refused", "not of our authority", "another server's"])),
    Case(
      testDescription: "not for clients",
      contexts: { f in
        let wrong = try f.identity("livy:session:b", usages: [.server])
        return (try f.client(identity: wrong), try f.server())
      },
      client: (.peerRejected, ["the peer refused us", "not made for our side"]),
      server: (.untrusted, ["we refused", "not made for its side"])),
    Case(
      testDescription: "in the wrong role",
      contexts: { f in
        let server = try f.server { certificate, name in
          "\(certificate.uris.joined()) may not speak \(name)"
        }
        return (try f.client(identity: f.identity("livy:server:b")), server)
      },
      client: (.peerRejected, ["the peer refused us", "not for this role"]),
      server: (.untrusted, ["we refused", "may not do this here", "livy:server:b may not speak"])),
    Case(
      testDescription: "revoked",
      contexts: { f in
        let server = try f.server { _, _ in PeerRefusal(.revoked, "session b has ended") }
        return (try f.client(identity: f.identity("livy:session:b")), server)
      },
      client: (.peerRejected, ["the peer refused us", "is revoked", "has ended"]),
      server: (.untrusted, ["we refused", "is revoked", "session b has ended"])),
    Case(
      testDescription: "without a certificate",
      contexts: { f in (try f.client(identity: nil), try f.server()) },
      client: (.peerRejected, ["the peer refused us", "needs a certificate", "showed none"]),
      server: (.untrusted, ["showed no certificate", "closed/1 needs one", "must enrol"])),
  ]

  /// The server's fault, or nobody's.
  static let others: [Case] = [
    Case(
      testDescription: "server of another authority",
      contexts: { f in
        let stranger = try TLSFixture().identity("livy:server:a")
        return (
          try f.client(identity: f.identity("livy:session:b")), try f.server(identity: stranger)
        )
      },
      client: (.untrusted, ["we refused", "not of our authority"]),
      server: (.peerRejected, ["the peer refused us", "not of its authority"])),
    Case(
      testDescription: "server whose certificate has expired",
      contexts: { f in
        let old = try f.identity(
          "livy:server:a", lifetime: .seconds(60), at: TLSFixture.now - 3_000)
        return (try f.client(identity: f.identity("livy:session:b")), try f.server(identity: old))
      },
      client: (.untrusted, ["we refused", "has expired"]),
      server: (.peerRejected, ["the peer refused us", "has expired by its clock"])),
    Case(
      testDescription: "server in the wrong role",
      contexts: { f in
        let choosy = try f.client(identity: f.identity("livy:session:b")) { _, _ in "no server" }
        return (choosy, try f.server())
      },
      client: (.untrusted, ["we refused", "may not do this here", "no server"]),
      server: (.peerRejected, ["the peer refused us", "not for this role"])),
    Case(
      testDescription: "no common protocol",
      contexts: { f in
        (try f.client("other/1", identity: f.identity("livy:session:b")), try f.server())
      },
      client: (.peerRejected, ["the peer refused us", "none of our protocols (ALPN)"]),
      server: (.handshakeFailed, ["no protocol (ALPN) that we speak", "another program"])),
    Case(
      testDescription: "looks for another server",
      contexts: { f in
        let lost = try f.client(
          identity: f.identity("livy:session:b"), options: named("db.example.com"))
        return (lost, try f.server())
      },
      client: (.peerRejected, ["the peer refused us", "not the server that we look for (SNI)"]),
      server: (.handshakeFailed, ["another server (SNI)", "asks for db.example.com"])),
    Case(
      testDescription: "no common cipher",
      contexts: { f in
        let client = try f.client(identity: f.identity("livy:session:b"))
        let server = try f.server()
        try client.setup.restrict(to: 0x1301)
        try server.setup.restrict(to: 0x1303)
        return (client, server)
      },
      client: (.peerRejected, ["the peer refused us", "no cipher or group in common"]),
      server: (.handshakeFailed, ["the peer has no cipher or group in common"])),
  ]

  @Test("Both sides say who disliked what", arguments: badClients + others)
  func words(row: Case) throws {
    let contexts = try row.contexts(TLSFixture())
    var pair = try EnginePair(client: contexts.client, server: contexts.server)
    pair.run()
    for (error, expected) in [(pair.clientError, row.client), (pair.serverError, row.server)] {
      #expect(error?.code == expected.code)
      for words in expected.words {
        #expect(error?.description.contains(words) == true, "\(words) is not in \(error as Any)")
      }
    }
    #expect(contexts.server.handshakes.failed == 1)
  }

  @Test("A client hears that the other end does not speak TLS")
  func plainServer() throws {
    let fixture = try TLSFixture()
    let client = try TLSEngine(fixture.client(identity: nil))
    try client.start()
    let error = #expect(throws: TransportError.self) {
      try Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        .withUnsafeBufferPointer { (buffer) throws(TransportError) in
          try client.receive(UnsafeRawBufferPointer(buffer)) { _ in }
        }
    }
    #expect(error?.code == .handshakeFailed)
    #expect(error?.message.contains("does not speak TLS") == true)
  }

  @Test("A server takes a client that asks for its name or for none, whatever its own rule")
  func names() throws {
    let fixture = try TLSFixture()
    let identity = try fixture.identity("livy:session:b")
    for (asked, own) in [(TLSContext.serverName, TLSContext.serverName), (nil, "a"), ("b", nil)] {
      var pair = try EnginePair(
        client: fixture.client(identity: identity, options: Self.named(asked)),
        server: fixture.server(options: Self.named(own)))
      pair.run()
      #expect(pair.server.state == .open && pair.client.state == .open)
    }
  }

  @Test("Extensions that lie about their lengths are nil, never a trap")
  func extensions() {
    func name(_ bytes: [UInt8]) -> String? {
      bytes.withUnsafeBufferPointer { ClientHello.serverName(in: $0) }
    }
    func protocols(_ bytes: [UInt8]) -> [Range<Int>]? {
      bytes.withUnsafeBufferPointer { list in
        ClientHello.protocolRow(of: list).flatMap { ClientHello.protocols(in: $0) }
      }
    }
    let good: [UInt8] = [0, 5, 0, 0, 2, 97, 98]
    #expect(name(good) == "ab")
    #expect(name([0, 5, 0, 0, 2, 0xFF, 0xFE]) == nil)
    #expect(protocols([0, 5, 1, 97, 2, 98, 99]) == [1..<2, 3..<5])
    #expect(protocols([0, 2, 0, 0]) == nil)
    #expect(protocols([0, 0]) == [])
    for index in good.indices {
      #expect(name(Array(good[..<index])) == nil)
      for value in UInt8.min...UInt8.max {
        var bytes = good
        bytes[index] = value
        let isSame = index > 4 || value == good[index]
        #expect((name(bytes) == nil) || isSame)
        _ = protocols(bytes)
      }
    }
  }
}
