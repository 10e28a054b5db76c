// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

/// Peers over TLS that want to hurt. Each time: others are served meanwhile, memory stays bounded,
/// and who broke a rule is cut with the reason told.
@Suite("A siege", .serialized)
struct SiegeTests {
  /// What one attacker may make the process grow by, the tests beside this one included.
  private static let growthMax = 400 << 20

  /// Slot `index` of a peer that dialed, in its `use`th use.
  private static func call(_ index: UInt32, use: UInt32 = 1) -> UInt32 { use << 16 | index << 1 }

  private func withinMemory(_ body: () async throws -> Void) async throws {
    try await ResidentMemory.withTurn {
      let before = ResidentMemory.bytes
      try await body()
      let growth = ResidentMemory.bytes - before
      #expect(
        growth < Self.growthMax || ResidentMemory.isPadded, "it grew by \(growth >> 20) MiB")
    }
  }

  @Test("Every broken rule at once: each peer is cut with its reason, others are served")
  func brokenRules() async throws {
    var limits = WireLimits()
    // Peers that do not answer pings must not be found dead before they are found out.
    limits.keepaliveTimeout = .seconds(600)
    limits.helloTimeout = .seconds(600)
    try await BesiegedServer.with(limits: limits) { server in
      try await server.servesOthers {
        var peers: [(BrokenRule, LoopbackPeer)] = []
        for rule in BrokenRule.all { peers.append((rule, try await server.hostilePeer())) }
        for (rule, peer) in peers { await peer.send(rule.frames.flatMap { $0.encoded() }) }
        for (rule, peer) in peers {
          let end = await peer.connection.closed()
          #expect(
            end.code == .protocolError && end.message.contains(rule.reason), "\(rule): \(end)")
          #expect(await eventually { peer.ear.hasEnded })
          #expect(peer.ear.goaway == Goaway(.protocolError, end.message))
        }
      }
    }
  }

  @Test("Credit in excess, again and again, ends the connection before a sum overflows")
  func creditOverflow() async throws {
    try await BesiegedServer.with { server in
      try await server.servesOthers {
        let peer = try await server.hostilePeer()
        let credit = frame(.credit, payload: [0xff, 0xff, 0xff, 0xff]).encoded()
        await peer.send((0..<100_000).flatMap { _ in credit })
        let end = await peer.connection.closed()
        #expect(end.code == .protocolError && end.message.contains("credit without end"))
      }
    }
  }

  @Test("A peer that asks for much and reads nothing is held to the bounds, then found dead")
  func slowReader() async throws {
    var limits = WireLimits()
    limits.queuedBytesMax = 4 << 20
    limits.keepaliveInterval = .milliseconds(500)
    limits.keepaliveTimeout = .seconds(5)
    let bound = limits.queuedBytesMax
    try await BesiegedServer.with(limits: limits) { server in
      try await withinMemory {
        try await server.servesOthers {
          let peer = try await server.hostilePeer()
          await peer.stopReading()
          // Answers of 640 MB altogether.
          let request = Blob(1, bytes: bytes(64_000)).encoded()
          for use in 1...100 as ClosedRange<UInt32> {
            let calls = (0..<100).flatMap {
              frame(.request, call: Self.call($0, use: use), method: 1, payload: request).encoded()
            }
            await peer.send(calls)
            #expect(await peer.connection.queuedBytes <= bound)
            if await peer.connection.isEnding { break }
          }
          _ = await peer.connection.closed()
          #expect(await eventually { await peer.connection.openCalls == 0 })
        }
      }
    }
  }

  @Test("A stream that never ends takes its share and no more, and ends when it is cancelled")
  func endlessStream() async throws {
    try await BesiegedServer.with { server in
      try await withinMemory {
        try await server.servesOthers {
          let peer = try await server.hostilePeer()
          let request = Blob(1, bytes: bytes(10_000)).encoded()
          await peer.send(frame(.request, call: Self.call(0), method: 5, payload: request))
          // It pays for all that comes, so that the stream never has to wait.
          var seen = 0
          while seen < 20_000 {
            let payload = CreditPayload.encoded(64 << 20)
            await peer.send(
              frame(.credit, payload: payload), frame(.credit, call: Self.call(0), payload: payload)
            )
            let before = seen
            #expect(await eventually { peer.ear.count(of: .item) > before })
            seen = peer.ear.count(of: .item)
          }
          await peer.send(frame(.cancel, call: Self.call(0)))
          #expect(await eventually { await peer.connection.openCalls == 0 })
          await peer.cut()
        }
      }
    }
  }

  @Test("Halves of many large messages are shed, and the calls told, within the budget")
  func halfMessages() async throws {
    var limits = WireLimits()
    limits.partialBytesMax = 8 << 20
    let bound = limits.partialBytesMax
    try await BesiegedServer.with(limits: limits) { server in
      try await withinMemory {
        try await server.servesOthers {
          let peer = try await server.hostilePeer()
          let half: [UInt8] = bytes(60_000)
          for index in 0..<2_000 as Range<UInt32> {
            await peer.send(
              frame(.request, call: Self.call(index), method: 1, flags: .more, payload: half))
            if index.isMultiple(of: 100) {
              #expect(await peer.connection.partialBytes <= bound + half.count)
            }
          }
          #expect(await eventually { peer.ear.count(of: .failure) > 1_500 })
          #expect(await !peer.connection.isEnding)
          await peer.cut()
          _ = await peer.connection.closed()
          #expect(await peer.connection.partialBytes == 0)
        }
      }
    }
  }

  @Test("The length of a frame is not believed")
  func hugeLength() async throws {
    try await BesiegedServer.with { server in
      try await withinMemory {
        try await server.servesOthers {
          for length in [70_000, 1 << 31, .max] as [UInt32] {
            let peer = try await server.hostilePeer()
            var header: [UInt8] = []
            FrameHeader(
              payloadBytes: length, call: CallID(rawValue: Self.call(0)), method: 1, kind: .request
            ).append(to: &header)
            await peer.send(header)
            let end = await peer.connection.closed()
            #expect(end.code == .protocolError && end.message.contains("the limit is"))
          }
        }
      }
    }
  }

  @Test("A slot may be used again and again, and never with an id that was used before")
  func idReuse() async throws {
    try await BesiegedServer.with { server in
      try await server.servesOthers {
        let peer = try await server.hostilePeer()
        // In leaps, so that the generations begin anew several times.
        var use: UInt32 = 1
        for answers in 1...50 {
          await peer.send(frame(.request, call: Self.call(0, use: use), method: 6))
          #expect(await eventually { peer.ear.count(of: .failure) == answers })
          use = (use + 30_000) % 0xffff + 1
        }
        #expect(await !peer.connection.isEnding)
        let before = (use + 0xffff - 30_000 - 2) % 0xffff + 1
        await peer.send(frame(.request, call: Self.call(0, use: before), method: 6))
        let end = await peer.connection.closed()
        #expect(end.code == .protocolError && end.message.contains("used before"), "\(end)")
      }
    }
  }

  @Test("A storm of calls and cancels leaves no handler behind")
  func cancelStorm() async throws {
    var limits = WireLimits()
    limits.openCallsMax = 1_000
    try await BesiegedServer.with(limits: limits) { server in
      try await withinMemory {
        try await server.servesOthers {
          let peer = try await server.hostilePeer()
          for use in 1...20 as ClosedRange<UInt32> {
            let storm = (0..<1_000 as Range<UInt32>).flatMap { index -> [UInt8] in
              let call = Self.call(index, use: use)
              return frame(.request, call: call, method: 3).encoded()
                + frame(.cancel, call: call).encoded() + frame(.cancel, call: call).encoded()
            }
            await peer.send(storm)
            let answers = Int(use) * 1_000
            #expect(await eventually { peer.ear.count(of: .failure) == answers })
          }
          #expect(await peer.connection.openCalls == 0)
          #expect(await server.witness.started == server.witness.cancelled)
          await peer.cut()
        }
      }
    }
  }

  @Test("A storm of goodbyes, and calls after them, ends in order")
  func goawayStorm() async throws {
    try await BesiegedServer.with { server in
      try await server.servesOthers {
        let peer = try await server.hostilePeer()
        let goodbye = frame(.goaway, payload: Goaway(.draining, "again").encoded()).encoded()
        let call = frame(.request, call: Self.call(0), method: 3).encoded()
        await peer.send(call + (0..<20_000).flatMap { _ in goodbye })
        #expect(await eventually { await server.witness.started == 1 })
        #expect(await !peer.connection.isEnding)
        await peer.send(frame(.cancel, call: Self.call(0)))
        #expect(await peer.connection.closed().code == .drained)
      }
    }
  }

  @Test("A flood of pings gets few pongs, and nothing piles up")
  func pingFlood() async throws {
    try await BesiegedServer.with { server in
      try await withinMemory {
        try await server.servesOthers {
          let peer = try await server.hostilePeer()
          await peer.stopReading()
          let pings = (0..<10_000 as Range<UInt64>).flatMap {
            frame(.ping, payload: PingPayload.encoded($0)).encoded()
          }
          for _ in 0..<50 { await peer.send(pings) }
          await peer.readAgain()
          #expect(await eventually { peer.ear.count(of: .pong) > 0 })
          #expect(peer.ear.count(of: .pong) < 500_000)
          #expect(await !peer.connection.isEnding)
          await peer.cut()
        }
      }
    }
  }
}

extension Connection {
  var queuedBytes: Int { core.value.machine.queuedBytes }
  var partialBytes: Int { core.value.machine.budget.usedBytes }
}
