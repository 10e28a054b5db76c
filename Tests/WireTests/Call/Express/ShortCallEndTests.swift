// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

@Suite("Short calls and the life of their connection")
struct ShortCallEndTests {
  @Test("Each open call fails once when the connection ends", arguments: [true, false])
  func end(cut: Bool) async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: Array(0..<5))
      let single = peer.connection.task { try await $0.call(TestMethods.echo, Blob(9)) }
      let requests = await peer.requests(6)
      try #require(requests.count == 6)
      let second = try #require(requests.first { $0.payload == Blob(1).encoded() })
      await peer.send(response(to: second))
      await peer.settle()
      if cut { await peer.cut() } else { await peer.connection.close() }
      try await expect(
        answers, brings: [0, 1, 2, 3, 4].map { $0 == 1 ? .number(1) : .failed(.unavailable) })
      let error = await #expect(throws: CallError.self) { try await single.value }
      #expect(error?.code == .unavailable)
      let made = await peer.connection.metrics.made
      #expect(made.begun == 6 && made.succeeded == 1 && made.failed(.unavailable) == 5)
      #expect(await peer.connection.shortCalls == 0)
    }
  }

  @Test("A goodbye of this side waits for short calls, and so does one of the peer's")
  func goodbye() async throws {
    for isOurs in [true, false] {
      try await HostilePeer.with { peer in
        await peer.ready()
        let answers = peer.connection.answers(of: TestMethods.echo, to: [1, 2])
        let requests = await peer.requests(2)
        try #require(requests.count == 2)
        if isOurs {
          await peer.connection.goAway()
          #expect(await peer.frame { $0.header.kind == .goaway } != nil)
        } else {
          await peer.send(frame(.goaway, payload: Goaway(.draining, "restart").encoded()))
        }
        await peer.send(response(to: requests[1]))
        await peer.settle()
        #expect(await !peer.connection.isEnding)
        let refused = peer.connection.answers(of: TestMethods.echo, to: [3])
        let error = await #expect(throws: CallError.self) { try await refused.value }
        #expect(error?.code == .unavailable)
        await peer.send(response(to: requests[0]))
        try await expect(answers, brings: [.number(1), .number(2)])
        #expect(await eventually { await peer.connection.isEnding })
        await peer.cut()
        #expect(await peer.connection.closed().code == .drained)
        #expect(peer.received(.request).count == 2)
      }
    }
  }

  @Test("A drain waits also for the peer's last frame of a call that was given up")
  func drainAfterCancel() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let call = peer.connection.task { try await $0.call(TestMethods.echo, Blob(1)) }
      let request = try #require(await peer.requests(1).first)
      call.cancel()
      _ = await call.result
      await peer.connection.goAway()
      await peer.settle()
      #expect(await !peer.connection.isEnding)
      await peer.send(frame(.end, call: request.header.call.rawValue))
      #expect(await eventually { await peer.connection.isEnding })
    }
  }

  @Test("A drain of connections that are busy with short calls loses none")
  func drain() async throws {
    try await ConnectionPair.with { pair in
      let answers = try await pair.near.onLoop { connection in
        let calls = try connection.calls(PromptMethods.echo, openMax: 16)
        var answers: [Answer] = []
        var number: UInt64 = 0
        while true {
          do throws(CallError) {
            while calls.hasRoom {
              try calls.send(Blob(number))
              number += 1
              if number == 100 { await connection.goAway() }
            }
          } catch {
            #expect(error.code == .unavailable)
            while let answer = await calls.next() { answers.append(Answer(answer)) }
            return answers
          }
          if let answer = await calls.next() { answers.append(Answer(answer)) }
        }
      }
      #expect(answers == (0..<100).map { .number($0) })
      #expect(await pair.near.closed().code == .drained)
      #expect(await pair.far.closed().code == .drained)
    }
  }

  @Test("Calls begun before the peer's hello are sent after it; those it does not take fail")
  func beforeHello() async throws {
    try await HostilePeer.with(hello: nil) { peer in
      let answers = peer.connection.answers(of: TestMethods.echo, to: [0, 1, 2])
      #expect(await eventually { await peer.connection.lineCalls == 3 })
      #expect(await peer.connection.shortCalls == 0)
      #expect(peer.received(.request).isEmpty)
      var limits = PeerLimits()
      limits.openCallsMax = 2
      await peer.send(frame(.hello, payload: Hello(limits: limits).encoded()))
      let requests = await peer.requests(2)
      try #require(requests.count == 2)
      for request in requests.reversed() { await peer.send(response(to: request)) }
      try await expect(answers, brings: [.number(0), .number(1), .failed(.resourceExhausted)])
    }
  }

  @Test("A peer that is silent while a short call is open is pinged, and then dead")
  func silence() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [1])
      _ = await peer.requests(1)
      // The intervals end by hand: one in which the hello was heard, one in silence, one in vain.
      for _ in 0..<2 { await peer.connection.checkSilence() }
      #expect(await peer.frame { $0.header.kind == .ping } != nil)
      #expect(await !peer.connection.isEnding)
      await peer.connection.checkSilence()
      try await expect(answers, brings: [.failed(.unavailable)])
      #expect(await peer.connection.closed().code == .silent)
    }
  }

  @Test("Answers to short calls are signs of life")
  func life() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      for number in 0..<3 as Range<UInt64> {
        let answers = peer.connection.answers(of: TestMethods.echo, to: [number])
        let request = try #require(await peer.requests(Int(number) + 1).last)
        // The interval is over, and nothing was heard in it.
        _ = await peer.connection.checkKeepalive()
        await peer.send(response(to: request))
        try await expect(answers, brings: [.number(number)])
        #expect(await peer.connection.checkKeepalive() == .rest(.seconds(20)))
      }
      guard case .ping = await peer.connection.checkKeepalive() else {
        return #expect(Bool(false))
      }
    }
  }

  @Test("A connection with a short call open is not idle")
  func idle() async throws {
    var limits = WireLimits()
    limits.idleTimeout = .seconds(3_600)
    try await HostilePeer.with(limits: limits) { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [1])
      let request = try #require(await peer.requests(1).first)
      // The hours end by hand.
      for _ in 0..<4 { await peer.connection.checkIdleness() }
      #expect(await !peer.connection.isSayingGoodbye)
      await peer.send(response(to: request))
      try await expect(answers, brings: [.number(1)])
      await peer.connection.checkIdleness()
      #expect(await peer.connection.isSayingGoodbye)
    }
  }
}

extension Connection {
  fileprivate var isSayingGoodbye: Bool { core.value.machine.farewells.contains(.said) }
  fileprivate func checkKeepalive() -> Keepalive.Check { core.value.keepalive.check() }
}
