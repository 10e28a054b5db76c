// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("The end of a connection")
struct ConnectionEndTests {
  @Test(
    "A cut fails every open call at both ends, with the transport's words, and cancels handlers")
  func cut() async throws {
    try await ConnectionPair.with { pair in
      let calls = [pair.near, pair.far].flatMap { connection in
        (0..<50).map { _ in Task { try await connection.call(TestMethods.hang, Blob(1)) } }
      }
      let stream = try await pair.near.open(TestMethods.flood, Blob(1, bytes: bytes(1_000)))
      var iterator = stream.makeAsyncIterator()
      #expect(await eventually { await pair.nearWitness.started == 50 })
      #expect(await eventually { await pair.farWitness.started == 51 })
      _ = try await iterator.next()
      await pair.near.cutStream()
      for call in calls {
        let error = await #expect(throws: CallError.self) { try await call.value }
        #expect(error?.code == .unavailable)
      }
      let error = await #expect(throws: CallError.self) {
        while try await iterator.next() != nil {}
      }
      #expect(error?.code == .unavailable)
      let behindError = try await iterator.next()
      #expect(behindError == nil)
      let end = await pair.far.closed()
      #expect(end.code == .transport)
      #expect(end.transportError?.code == .reset)
      #expect(end.message.contains("the peer cut the connection"))
      #expect(await eventually { await pair.nearWitness.cancelled == 50 })
      #expect(await eventually { await pair.farWitness.cancelled == 50 })
      #expect(await eventually { await pair.farWitness.errors.map(\.code) == [.unavailable] })
      let late = await #expect(throws: CallError.self) {
        try await pair.far.call(TestMethods.echo, Blob(1))
      }
      #expect(late?.code == .unavailable)
      #expect(late?.message.contains("the peer cut the connection") == true)
    }
  }

  @Test("Close tells the peer; many may wait for the end")
  func close() async throws {
    try await ConnectionPair.with { pair in
      _ = try await pair.near.call(TestMethods.echo, Blob(1))
      let waiters = (0..<10).map { _ in Task { await pair.far.closed() } }
      let hanging = Task { try await pair.far.call(TestMethods.hang, Blob(1)) }
      #expect(await eventually { await pair.nearWitness.started == 1 })
      await pair.near.close()
      for waiter in waiters { #expect(await waiter.value.code == .closedByPeer) }
      #expect(await pair.near.closed().code == .closed)
      let error = await #expect(throws: CallError.self) { try await hanging.value }
      #expect(error?.code == .unavailable)
      await pair.near.close()
      #expect(await pair.near.closed().code == .closed)
    }
  }

  @Test("Goaway lets open calls end, refuses new ones on both sides, then closes both ends")
  func goaway() async throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 1_000
    try await ConnectionPair.with(near: limits) { pair in
      let stream = try await pair.near.open(TestMethods.count, Blob(500))
      var iterator = stream.makeAsyncIterator()
      let first = try await iterator.next()?.number
      #expect(first == 0)
      await pair.far.goAway("restart")
      #expect(
        await eventually {
          do throws(CallError) {
            _ = try await pair.near.call(TestMethods.echo, Blob())
            return false
          } catch {
            return error.code == .unavailable
          }
        })
      let error = await #expect(throws: CallError.self) {
        try await pair.far.call(TestMethods.echo, Blob(1))
      }
      #expect(error?.code == .unavailable)
      var count = 1
      while try await iterator.next() != nil { count += 1 }
      #expect(count == 501)
      let ends = await [pair.near.closed(), pair.far.closed()]
      #expect(ends.map(\.code) == [.drained, .drained], "\(ends)")
    }
  }

  @Test("A drain that takes too long is closed")
  func drainLimit() async throws {
    try await ConnectionPair.with { pair in
      let hanging = Task { try await pair.near.call(TestMethods.hang, Blob(1)) }
      #expect(await eventually { await pair.farWitness.started == 1 })
      let end = await pair.far.drain(within: .milliseconds(50))
      #expect(end.code == .closed)
      let error = await #expect(throws: CallError.self) { try await hanging.value }
      #expect(error?.code == .unavailable)
    }
  }

  @Test("Idle connections stay, by pings")
  func keepalive() async throws {
    var limits = WireLimits()
    limits.keepaliveInterval = .milliseconds(5)
    limits.keepaliveTimeout = .seconds(20)
    try await ConnectionPair.with(near: limits) { pair in
      _ = try await pair.near.call(TestMethods.echo, Blob(1))
      #expect(await eventually { await pair.near.pingsSent > 5 })
      let alive = try await pair.near.call(TestMethods.echo, Blob(2)).number
      #expect(alive == 2)
    }
  }

  @Test("A peer that falls silent is noticed")
  func silence() async throws {
    var limits = WireLimits()
    limits.keepaliveInterval = .milliseconds(10)
    limits.keepaliveTimeout = .milliseconds(50)
    try await HostilePeer.with(limits: limits) { peer in
      let call = Task { try await peer.connection.call(TestMethods.hang, Blob(1)) }
      let end = await peer.connection.closed()
      #expect(end.code == .silent)
      let error = await #expect(throws: CallError.self) { try await call.value }
      #expect(error?.code == .unavailable)
      #expect(await peer.frame { $0.header.kind == .ping } != nil)
    }
  }

  @Test("A peer that never says hello is left")
  func noHello() async throws {
    var limits = WireLimits()
    limits.helloTimeout = .milliseconds(50)
    try await HostilePeer.with(limits: limits, hello: nil) { peer in
      let call = Task { try await peer.connection.call(TestMethods.echo, Blob(1)) }
      #expect(await peer.connection.closed().code == .silent)
      let error = await #expect(throws: CallError.self) { try await call.value }
      #expect(error?.code == .unavailable)
    }
  }

  @Test("A connection with a lifetime ends by it")
  func lifetime() async throws {
    var limits = WireLimits.enrolment
    limits.lifetimeMax = .milliseconds(50)
    try await ConnectionPair.with(far: limits) { pair in
      #expect(await pair.far.closed().code == .lifetime)
      #expect(await pair.near.closed().code == .closedByPeer)
    }
  }

  @Test("The limits for enrolment allow one small call and no more")
  func enrolment() async throws {
    // Without the lifetime, which a slow machine would reach: it has a test of its own.
    var limits = WireLimits.enrolment
    limits.lifetimeMax = .seconds(3_600)
    try await ConnectionPair.with(far: limits) { pair in
      let large = await #expect(throws: CallError.self) {
        try await pair.near.call(TestMethods.echo, Blob(1, bytes: bytes(4_097)))
      }
      #expect(large?.code == .resourceExhausted)
      let request = Blob(1, bytes: bytes(4_000))
      let response = try await pair.near.call(TestMethods.echo, request)
      #expect(response == request)
      let second = await #expect(throws: CallError.self) {
        try await pair.near.call(TestMethods.echo, Blob(2))
      }
      #expect(second?.code == .unavailable)
      #expect(await pair.far.closed().code == .protocolError)
      #expect(await pair.near.closed().code == .refusedByPeer)
    }
  }

  @Test("A connection that was never started can be closed")
  func neverStarted() async throws {
    let loop = try EventLoop.start(name: "wire-test")
    let ends = MemoryStream.connections(on: loop)
    let connection = Connection(ends.near, side: .dialed)
    let waiter = Task { await connection.closed() }
    await connection.close()
    #expect(await waiter.value.code == .closed)
    let error = await #expect(throws: CallError.self) {
      try await connection.call(TestMethods.echo, Blob(1))
    }
    #expect(error?.code == .unavailable)
    await loop.stop()
  }
}
