// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

/// A peer that comes back by a session: short, and no less proven.
@Suite("TLS resumption")
struct ResumptionTests {
  /// A time of day that moves when it is told to.
  private final class Day: Sendable {
    private let time = Locked(TLSFixture.now)
    var options: TLSContext.Options {
      var options = TLSContext.Options()
      options.date = { self.time.withLock { $0 } }
      return options
    }
    func advance(by seconds: Int64) { time.withLock { $0 += seconds } }
  }

  private func meet(
    _ client: TLSContext, _ server: TLSContext, pieces: Int = .max
  ) throws -> EnginePair {
    var pair = try EnginePair(client: client, server: server, target: "there")
    pair.run(pieces: pieces)
    return pair
  }

  private func expectOpen(_ pair: EnginePair, resumed: Bool) {
    #expect(pair.clientError == nil && pair.serverError == nil)
    #expect(pair.client.state == .open && pair.server.state == .open)
    #expect(pair.client.isResumed == resumed && pair.server.isResumed == resumed)
  }

  @Test("The second handshake is short, and both know each other as before")
  func again() throws {
    let contexts = try TLSFixture().contexts()
    let first = try meet(contexts.client, contexts.server)
    expectOpen(first, resumed: false)
    #expect(contexts.client.sessionCount == 1 && contexts.server.sessionCount == 1)
    for _ in 0..<3 {
      var next = try meet(contexts.client, contexts.server)
      expectOpen(next, resumed: true)
      #expect(next.server.peer == first.server.peer && next.server.peer != nil)
      #expect(next.client.peer == first.client.peer && next.client.peer != nil)
      #expect(next.server.applicationProtocol == "closed/1")
      // Used once, and a new one was made.
      #expect(contexts.client.sessionCount == 1 && contexts.server.sessionCount == 1)
      try next.send([1, 2, 3], from: next.client)
      try next.send([4, 5], from: next.server)
      next.run()
      #expect(next.heardByServer == [1, 2, 3] && next.heardByClient == [4, 5])
    }
    #expect(contexts.server.handshakes == HandshakeCounts(full: 1, resumed: 3, failed: 0))
    #expect(contexts.client.handshakes == HandshakeCounts(full: 1, resumed: 3, failed: 0))
  }

  @Test("Any split of the bytes resumes", arguments: [1, 2, 7, 100])
  func pieces(size: Int) throws {
    let contexts = try TLSFixture().contexts()
    expectOpen(try meet(contexts.client, contexts.server, pieces: size), resumed: false)
    expectOpen(try meet(contexts.client, contexts.server, pieces: size), resumed: true)
  }

  @Test("Two at once: one has the session, the other shakes hands in full")
  func twoAtOnce() throws {
    let contexts = try TLSFixture().contexts()
    _ = try meet(contexts.client, contexts.server)
    var first = try EnginePair(client: contexts.client, server: contexts.server, target: "there")
    var second = try EnginePair(client: contexts.client, server: contexts.server, target: "there")
    first.run()
    second.run()
    expectOpen(first, resumed: true)
    expectOpen(second, resumed: false)
  }

  @Test("A server that does not know the session shakes hands in full")
  func unknown() throws {
    let fixture = try TLSFixture()
    let (server, client) = try fixture.contexts()
    _ = try meet(client, server)
    expectOpen(try meet(client, fixture.server()), resumed: false)
    // Of its own accord it forgets too.
    _ = try meet(client, server)
    server.forgetSessions(of: .all)
    expectOpen(try meet(client, server), resumed: false)
    server.forgetSessions(of: .uri("livy:session:b"))
    #expect(server.sessionCount == 0)
    expectOpen(try meet(client, server), resumed: false)
  }

  @Test("A session shown a second time is unknown")
  func replay() throws {
    let contexts = try TLSFixture().contexts()
    _ = try meet(contexts.client, contexts.server)
    let shelf = contexts.client.setup.shelf
    let session = try #require(shelf.withLock { $0.take("there", now: WallTime.now()) })
    for isResumed in [true, false] {
      shelf.withLock { $0.keep(session, for: "there") }
      expectOpen(try meet(contexts.client, contexts.server), resumed: isResumed)
    }
  }

  @Test("Who is revoked does not come back, by a session or without one")
  func revoked() throws {
    let fixture = try TLSFixture()
    let isRevoked = Locked(false)
    let server = try fixture.server { _, _ in
      isRevoked.withLock { $0 } ? PeerRefusal(.revoked, "it has ended") : nil
    }
    let client = try fixture.client(identity: fixture.identity("livy:session:b"))
    _ = try meet(client, server)
    isRevoked.withLock { $0 = true }
    for _ in 0..<2 {
      let pair = try meet(client, server)
      #expect(!pair.server.isResumed)
      #expect(pair.serverError?.code == .untrusted && pair.serverError?.reason == "it has ended")
      #expect(pair.clientError?.code == .peerRejected)
    }
  }

  @Test("Who is revoked between the two flights of a short handshake does not come in")
  func revokedMeanwhile() throws {
    let fixture = try TLSFixture()
    let isRevoked = Locked(false)
    let server = try fixture.server { _, _ in
      isRevoked.withLock { $0 } ? PeerRefusal(.revoked, "it has ended") : nil
    }
    let client = try fixture.client(identity: fixture.identity("livy:session:b"))
    _ = try meet(client, server)
    var pair = try EnginePair(client: client, server: server, target: "there")
    pair.feedServer()
    isRevoked.withLock { $0 = true }
    pair.run()
    #expect(pair.server.isResumed && pair.server.state == .handshaking)
    #expect(pair.serverError?.reason == "it has ended")
    #expect(pair.server.peer == nil)
  }

  @Test("A session that comes when its server is revoked already is not kept")
  func revokedBeforeTheSession() throws {
    let fixture = try TLSFixture()
    let isWelcome = Locked(true)
    let client = try fixture.client(identity: fixture.identity("livy:session:b")) { _, _ in
      isWelcome.withLock { $0 } ? nil : PeerRefusal(.revoked, "it has ended")
    }
    var pair = try EnginePair(client: client, server: fixture.server(), target: "there")
    pair.feedServer()
    pair.feedClient()
    pair.feedServer()
    #expect(pair.client.state == .open && pair.server.state == .open)
    isWelcome.withLock { $0 = false }
    client.forgetSessions(of: .uri("livy:server:a"))
    pair.run()
    #expect(pair.client.state == .open && client.sessionCount == 0)
  }

  @Test("No session is made for a client that is revoked at the end of its handshake")
  func revokedAtTheEnd() throws {
    let fixture = try TLSFixture()
    let judgements = Locked(0)
    let server = try fixture.server { _, _ in
      let isFirst = judgements.withLock { count in
        count += 1
        return count == 1
      }
      return isFirst ? nil : PeerRefusal(.revoked, "it has ended")
    }
    let client = try fixture.client(identity: fixture.identity("livy:session:b"))
    let pair = try meet(client, server)
    expectOpen(pair, resumed: false)
    #expect(judgements.withLock { $0 } == 2 && server.sessionCount == 0)
  }

  @Test("A client asks anew whether it likes the server")
  func serverRefused() throws {
    let fixture = try TLSFixture()
    let isWelcome = Locked(true)
    let client = try fixture.client(identity: fixture.identity("livy:session:b")) { _, _ in
      isWelcome.withLock { $0 } ? nil : "not this one"
    }
    let server = try fixture.server()
    _ = try meet(client, server)
    isWelcome.withLock { $0 = false }
    let pair = try meet(client, server)
    #expect(!pair.client.isResumed)
    #expect(pair.clientError?.reason == "not this one")
    #expect(pair.serverError?.code == .peerRejected)
    // Another judge over the same sessions decides for himself.
    isWelcome.withLock { $0 = true }
    _ = try meet(client, server)
    let other = client.judging { _, _ in "nobody" }
    #expect(try meet(other, server).clientError?.reason == "nobody")
  }

  @Test("A session outlives neither its certificate nor its age", arguments: [true, false])
  func tooOld(byCertificate: Bool) throws {
    let fixture = try TLSFixture()
    let day = Day()
    var options = day.options
    options.limits.resumptionAgeMax = .seconds(byCertificate ? 1_000 : 100)
    let server = try fixture.server(options: options)
    let identity = try fixture.identity(
      "livy:session:b", lifetime: .seconds(byCertificate ? 200 : 600))
    let client = try fixture.client(identity: identity, options: day.options)
    _ = try meet(client, server)
    day.advance(by: 90)
    expectOpen(try meet(client, server), resumed: true)
    day.advance(by: 150)
    let pair = try meet(client, server)
    #expect(!pair.server.isResumed)
    if byCertificate {
      #expect(pair.serverError?.reason?.contains("expired") == true)
    } else {
      expectOpen(pair, resumed: false)
    }
  }

  @Test("A session for one protocol opens no other")
  func otherProtocol() throws {
    let fixture = try TLSFixture()
    let server = try TLSContext.server(
      identity: fixture.identity("livy:server:a"), trusting: fixture.authority.pem,
      protocols: [
        .init("low/1", clientCertificate: .required),
        .init("high/1", clientCertificate: .required),
      ], verify: { _, _ in nil })
    let identity = try fixture.identity("livy:session:b")
    let low = try fixture.client("low/1", identity: identity)
    let high = try fixture.client("high/1", identity: identity)
    _ = try meet(low, server)
    let session = try #require(
      low.setup.shelf.withLock { $0.take("there", now: WallTime.now()) })
    high.setup.shelf.withLock { $0.keep(session, for: "there") }
    let pair = try meet(high, server)
    expectOpen(pair, resumed: false)
    #expect(pair.server.applicationProtocol == "high/1")
  }

  @Test("Where no certificate is asked for there is nothing to come back to")
  func anonymous() throws {
    let fixture = try TLSFixture()
    let server = try fixture.server()
    let client = try fixture.client("open/1", identity: nil)
    expectOpen(try meet(client, server), resumed: false)
    #expect(server.sessionCount == 0 && client.sessionCount == 0)
    expectOpen(try meet(client, server), resumed: false)
  }

  @Test("Every cipher suite resumes", arguments: [0x1301, 0x1302, 0x1303] as [UInt16])
  func suites(suite: UInt16) throws {
    let contexts = try TLSFixture().contexts()
    try contexts.client.setup.restrict(to: suite)
    expectOpen(try meet(contexts.client, contexts.server), resumed: false)
    expectOpen(try meet(contexts.client, contexts.server), resumed: true)
  }

  @Test("Many threads share one context's sessions")
  func threads() async throws {
    let contexts = try TLSFixture().contexts()
    let rounds = 10
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask {
          for _ in 0..<rounds {
            var pair = try EnginePair(
              client: contexts.client, server: contexts.server, target: "\(worker)")
            pair.run()
            #expect(pair.server.state == .open && pair.client.state == .open)
          }
        }
        group.addTask {
          for _ in 0..<rounds { contexts.server.forgetSessions(of: .uri("livy:session:x")) }
        }
      }
      try await group.waitForAll()
    }
    let counts = contexts.server.handshakes
    #expect(counts == HandshakeCounts(full: 4, resumed: 4 * (rounds - 1), failed: 0))
    #expect(contexts.server.sessionCount == 4)
  }
}
