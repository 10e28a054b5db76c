// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

/// Frames that break the rules, and words of the reason that the peer is told.
struct BrokenRule: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var frames: [Frame]
  var reason: String

  init(_ name: String, _ reason: String, _ frames: Frame...) {
    testDescription = name
    self.frames = frames
    self.reason = reason
  }

  /// Slot 0 of the side that dialed, first use.
  static let call: UInt32 = 0x1_0000
  /// The same slot of the other side.
  static let theirs: UInt32 = 0x1_0001

  static let all: [BrokenRule] = [
    BrokenRule(
      "second hello", "second hello", frame(.hello, payload: Hello(limits: .init()).encoded())),
    BrokenRule("request with call 0", "used before", frame(.request, method: 1)),
    BrokenRule("request in our slot", "out of range", frame(.request, call: theirs, method: 1)),
    BrokenRule(
      "slot out of range", "out of range", frame(.request, call: 0x1_ffff &- 1, method: 1)),
    BrokenRule(
      "duplicate id", "in use", frame(.request, call: call, method: 3),
      frame(.request, call: call, method: 3)),
    BrokenRule(
      "slot in use", "in use", frame(.request, call: call, method: 3),
      frame(.request, call: call + 0x1_0000, method: 3)),
    BrokenRule("data for an unknown call", "takes none", frame(.request, call: call)),
    BrokenRule(
      "data after the last frame", "takes none", frame(.request, call: call, method: 3),
      frame(.request, call: call, payload: [1])),
    BrokenRule(
      "empty frame that promises more", "promises more",
      frame(.request, call: call, method: 3, flags: .more)),
    BrokenRule(
      "context in the midst", "in the midst",
      frame(.request, call: call, method: 3, flags: .more, payload: [1]),
      frame(.request, call: call, flags: .meta, payload: [0, 0])),
    BrokenRule(
      "context cut short", "cut short",
      frame(.request, call: call, method: 3, flags: .meta, payload: [9, 0, 1])),
    BrokenRule("response to no call", "no call waits", frame(.response, call: theirs)),
    BrokenRule("response to its own call", "no call waits", frame(.response, call: call)),
    BrokenRule("item for no call", "no call waits", frame(.item, call: theirs)),
    BrokenRule("end of no call", "no call waits", frame(.end, call: theirs)),
    BrokenRule("failure of no call", "no call waits", frame(.failure, call: theirs)),
    BrokenRule("cancel of no call", "never was", frame(.cancel, call: call)),
    BrokenRule("cancel of our call", "never was", frame(.cancel, call: theirs)),
    BrokenRule("cancel of the connection", "never was", frame(.cancel)),
    BrokenRule(
      "credit of no call", "never was", frame(.credit, call: call, payload: [1, 0, 0, 0])),
    BrokenRule(
      "credit of a unary call", "no stream", frame(.request, call: call, method: 3),
      frame(.credit, call: call, payload: [1, 0, 0, 0])),
    BrokenRule(
      "item of a unary call", "takes none", frame(.request, call: call, method: 3),
      frame(.item, call: call)),
    BrokenRule(
      "item of a stream of answers", "takes none", frame(.request, call: call, method: 7),
      frame(.item, call: call)),
    BrokenRule(
      "end of a unary call", "takes none", frame(.request, call: call, method: 3),
      frame(.end, call: call)),
    BrokenRule("item of a call that never was", "takes none", frame(.item, call: call)),
    BrokenRule("end of a call that never was", "takes none", frame(.end, call: call)),
    BrokenRule(
      "item after the end", "takes none",
      frame(.request, call: call, method: 12, flags: .items), frame(.end, call: call),
      frame(.item, call: call)),
    BrokenRule(
      "item after the cancel", "takes none",
      frame(.request, call: call, method: 12, flags: .items), frame(.cancel, call: call),
      frame(.item, call: call)),
    BrokenRule(
      "second end", "takes none",
      frame(.request, call: call, method: 12, flags: .items), frame(.end, call: call),
      frame(.end, call: call)),
    BrokenRule(
      "end in the midst of an item", "takes none",
      frame(.request, call: call, method: 12, flags: .items),
      frame(.item, call: call, flags: .more, payload: [1]), frame(.end, call: call)),
    BrokenRule(
      "bytes of a request among items", "takes none",
      frame(.request, call: call, method: 12, flags: .items),
      frame(.request, call: call, payload: [1])),
    BrokenRule(
      "message before items", "of its own",
      frame(.request, call: call, method: 12, flags: .items, payload: [1])),
    BrokenRule(
      "message before items that goes on", "of its own",
      frame(.request, call: call, method: 12, flags: [.items, .more])),
    BrokenRule(
      "items in the midst of a request", "of its own",
      frame(.request, call: call, method: 3, flags: .more, payload: [1]),
      frame(.request, call: call, flags: .items)),
    BrokenRule(
      "credit in the wrong direction", "no stream of this side",
      frame(.request, call: call, method: 12, flags: .items),
      frame(.credit, call: call, payload: [1, 0, 0, 0])),
    BrokenRule("credit of nothing", "without credit", frame(.credit, payload: [0, 0, 0, 0])),
    BrokenRule("credit cut short", "without credit", frame(.credit, payload: [1, 0])),
    BrokenRule("ping of a wrong size", "has 8", frame(.ping, payload: [1])),
    BrokenRule("pong of a wrong size", "has 8", frame(.pong)),
    BrokenRule("goaway cut short", "goaway", frame(.goaway, payload: [1])),
    BrokenRule("unknown flags", "unknown flags", frame(.ping, flags: FrameFlags(rawValue: 0x40))),
    BrokenRule(
      "oversize frame", "the limit is 66560",
      frame(.request, call: call, method: 1, payload: bytes(66_561))),
  ]
}

@Suite("A hostile peer")
struct HostileFramesTests {
  @Test("Broken rules end the connection in order, with the reason told", arguments: BrokenRule.all)
  func brokenRules(rule: BrokenRule) async throws {
    try await HostilePeer.with { peer in
      await peer.send(bytes: rule.frames.flatMap { $0.encoded() })
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError)
      #expect(end.message.contains(rule.reason), "\(end)")
      let goaway = try #require(peer.received.last { $0.header.kind == .goaway })
      #expect(try Goaway(decoding: goaway.payload) == Goaway(.protocolError, end.message))
    }
  }

  @Test("A peer of another version hears both versions")
  func version() async throws {
    var hello = Hello(limits: PeerLimits())
    hello.version = 3
    hello.oldestVersion = 2
    try await HostilePeer.with(hello: hello) { peer in
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError)
      #expect(end.message.contains("2 to 3") && end.message.contains("1 to 1"))
      #expect(peer.received.map(\.header.kind) == [.hello, .goaway])
    }
  }

  @Test("Another protocol is refused at its first bytes")
  func otherProtocol() async throws {
    try await HostilePeer.with(hello: nil) { peer in
      await peer.send(bytes: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError)
      #expect(end.message.contains("does not speak this protocol"))
    }
  }

  @Test("Credit without end is refused")
  func creditOverflow() async throws {
    try await HostilePeer.with { peer in
      let flood = [UInt8](repeating: 0xff, count: 4)
      await peer.send(
        bytes: (0..<300).flatMap { _ in frame(.credit, payload: flood).encoded() })
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError)
      #expect(end.message.contains("credit without end"))
    }
  }

  @Test("An item on a stream without credit ends the connection")
  func itemWithoutCredit() async throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 1_000
    try await HostilePeer.with(limits: limits) { peer in
      let stream = try await peer.connection.open(TestMethods.count, Blob(1))
      let request = try #require(await peer.frame { $0.header.kind == .request })
      let item = frame(.item, call: request.header.call.rawValue, payload: bytes(990))
      await peer.send(item, item)
      let end = await peer.connection.closed()
      #expect(end.message.contains("without credit"))
      withExtendedLifetime(stream) {}
    }
  }

  @Test("Who waits for a peer that never answers goes on at once when he is cancelled")
  func deafPeer() async throws {
    try await HostilePeer.with { peer in
      let call = try await peer.connection.open(TestMethods.sum)
      let response = Task { try await call.response() }
      let stream = try await peer.connection.open(TestMethods.count, Blob(1))
      let item = Task { for try await _ in stream {} }
      let unary = Task { try await peer.connection.call(TestMethods.echo, Blob(1)) }
      #expect(await peer.frame { $0.header.kind == .request && $0.header.method == 1 } != nil)
      response.cancel()
      item.cancel()
      unary.cancel()
      for outcome in await [response.result.thrown, item.result.thrown, unary.result.thrown] {
        #expect((outcome as? CallError)?.code == .cancelled)
      }
    }
  }

  @Test("More bytes than the connection's credit end it, if the peer does not wait for more")
  func connectionCredit() throws {
    var limits = WireLimits()
    limits.connectionCreditBytes = 256 << 10
    var machine = ConnectionMachine(
      side: .accepted, limits: limits, serving: [MachinePair.unary: .unary])
    let now = LoopInstant(nanoseconds: 1)
    let hello = frame(.hello, payload: Hello(limits: PeerLimits()).encoded())
    _ = try machine.receive(hello, at: now)
    _ = try machine.receive(
      frame(.request, call: 0x1_0000, method: 1, flags: .more, payload: bytes(65_536)), at: now)
    let more = frame(.request, call: 0x1_0000, flags: .more, payload: bytes(65_536))
    for _ in 0..<3 { _ = try machine.receive(more, at: now) }
    var refused: ProtocolError?
    do { _ = try machine.receive(more, at: now) } catch { refused = error }
    #expect(refused?.description.contains("bytes of credit") == true)
  }

  @Test("A message above the limit fails its call, and the rest of it is skipped")
  func largeMessage() async throws {
    var limits = WireLimits()
    limits.messageBytesMax = 100_000
    try await HostilePeer.with(limits: limits) { peer in
      let part: [UInt8] = bytes(60_000)
      await peer.send(
        frame(.request, call: 0x1_0000, method: 1, flags: .more, payload: part),
        frame(.request, call: 0x1_0000, flags: .more, payload: part),
        frame(.request, call: 0x1_0000, flags: .more, payload: part),
        frame(.request, call: 0x1_0000, payload: part),
        frame(.request, call: 0x2_0000, method: 1, payload: Blob(5).encoded()))
      let failure = try #require(await peer.frame { $0.header.kind == .failure })
      #expect(try CallError(decodingPayload: failure.payload).code == .resourceExhausted)
      let response = try #require(await peer.frame { $0.header.kind == .response })
      #expect(response.header.call.generation == 2)
    }
  }

  @Test("Calls that are opened and cancelled without end do not pile up handlers")
  func rapidReset() async throws {
    var limits = WireLimits()
    limits.openCallsMax = 100
    try await HostilePeer.with(limits: limits) { peer in
      // The answers are not waited for, so the slots are still in use.
      for index in 0..<100 as Range<UInt32> {
        await peer.send(
          frame(.request, call: 0x1_0000 | index << 1, method: 3),
          frame(.cancel, call: 0x1_0000 | index << 1))
      }
      #expect(await eventually { await peer.connection.openCalls == 0 })
      let (started, cancelled) = await (peer.witness.started, peer.witness.cancelled)
      #expect(started == cancelled)
      #expect(
        await eventually { peer.received.filter { $0.header.kind == .failure }.count == 100 })
    }
  }

  @Test("Many pings get a pong without filling memory")
  func pingFlood() async throws {
    try await HostilePeer.with { peer in
      let pings = (0..<10_000 as Range<UInt64>).flatMap {
        frame(.ping, payload: PingPayload.encoded($0)).encoded()
      }
      await peer.send(bytes: pings)
      let last = PingPayload.encoded(9_999)
      #expect(await peer.frame { $0.header.kind == .pong && $0.payload == last } != nil)
    }
  }

  @Test("Frames that arrive after the end are ignored, also half of one")
  func afterEnd() async throws {
    try await HostilePeer.with { peer in
      await peer.send(
        frame(.ping), frame(.request, call: 0x1_0000, method: 3), frame(.ping))
      #expect(await peer.connection.closed().code == .protocolError)
      #expect(await peer.witness.started == 0)
    }
  }

  @Test("Random frames end in an orderly close or are taken, never in a trap", arguments: 0..<20)
  func random(seed: UInt64) async throws {
    try await HostilePeer.with { peer in
      var random = SplitMix64(seed: seed)
      for _ in 0..<200 {
        var noise = frame(
          FrameKind.allCases.randomElement(using: &random) ?? .ping,
          call: UInt32.random(in: 0...5, using: &random) | 0x1_0000,
          method: UInt16.random(in: 0...6, using: &random),
          payload: bytes(Int.random(in: 0...40, using: &random)))
        if Bool.random(using: &random) { noise.header.flags = .more }
        if noise.header.kind != .request { noise.header.method = 0 }
        await peer.send(noise)
      }
      await peer.send(frame(.end))
      #expect(await peer.connection.closed().code == .protocolError)
    }
  }
}

extension Swift.Result {
  fileprivate var thrown: (any Error)? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
