// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

@Suite("Handlers that answer at once")
struct PromptTests {
  private static let method = PromptMethods.echo.number
  /// Slot 0 of the side that dialed, first use.
  private static let call: UInt32 = 0x1_0000

  private func request(
    _ slot: UInt32, _ method: UnaryMethod<Blob, Blob> = PromptMethods.echo, _ number: UInt64 = 1,
    flags: FrameFlags = [], timeout: UInt32 = 0
  ) -> Frame {
    frame(
      .request, call: Self.call + slot * 2, method: method.number, flags: flags, timeout: timeout,
      payload: Blob(number).encoded())
  }

  @Test("They answer within the delivery of the request, with no call of the machine's")
  func atOnce() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let requests = (0..<20 as Range<UInt32>).map { request($0, PromptMethods.echo, UInt64($0)) }
      await peer.send(bytes: requests.flatMap { $0.encoded() })
      #expect(await eventually { peer.received(.response).count == 20 })
      #expect(peer.received(.response) == requests.map { response(to: $0) })
      let served = await peer.connection.metrics.served
      #expect(served.begun == 20 && served.succeeded == 20 && served.open == 0)
      #expect(await peer.connection.openCalls == 0)
    }
  }

  @Test("Errors travel as those of other handlers do, without what is not for the wire")
  func errors() async throws {
    try await ConnectionPair.with { pair in
      try await pair.near.onLoop { connection in
        let asked = await #expect(throws: CallError.self) {
          try await connection.call(PromptMethods.fail, Blob(5))
        }
        #expect(asked == CallError(.notFound, "failed as asked", remoteTrace: "line 7"))
        let secret = await #expect(throws: CallError.self) {
          try await connection.call(PromptMethods.fail, Blob(100))
        }
        #expect(secret?.code == .internal && secret?.message.contains("SecretError") == true)
        #expect(secret?.description.contains("token") == false)
      }
      let served = await pair.far.metrics.served
      #expect(served.failed(.notFound) == 1 && served.failed(.internal) == 1 && served.open == 0)
    }
  }

  @Test("A request that cannot be read is refused, and the next is answered")
  func unreadable() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      await peer.send(
        frame(.request, call: Self.call, method: Self.method, payload: [0xff]), request(1))
      let failure = try #require(await peer.frame { $0.header.kind == .failure })
      let code = try CallError(decodingPayload: failure.payload).code
      #expect(code == .invalidArgument)
      #expect(failure.header.call.rawValue == Self.call)
      #expect(await peer.frame { $0.header.kind == .response } == response(to: request(1)))
      #expect(await peer.connection.metrics.served.failed(.invalidArgument) == 1)
    }
  }

  @Test("A response that is too large for one frame stands in line")
  func large() async throws {
    try await ConnectionPair.with { pair in
      for size in [0, 4_000, 4_096, 65_535, 66_560, 200_000] {
        let answer = try await pair.near.call(PromptMethods.grow, Blob(UInt64(size)))
        let isWhole = answer.bytes == bytes(size)
        #expect(isWhole)
      }
      #expect(await pair.far.metrics.served.succeeded == 6)
      #expect(await eventually { await pair.far.openCalls == 0 })
    }
  }

  @Test("A response larger than the caller takes fails the call")
  func tooLarge() async throws {
    var limits = WireLimits()
    limits.messageBytesMax = 1_000
    try await ConnectionPair.with(near: limits) { pair in
      let numbers: [UInt64] = [10, 1_001, 900]
      let answers = pair.near.answers(of: PromptMethods.grow, to: numbers)
      try await expect(answers, brings: [.number(10), .failed(.resourceExhausted), .number(900)])
    }
  }

  @Test("A request larger than a message may be is refused, in one frame, too")
  func tooLargeRequest() async throws {
    var limits = WireLimits()
    limits.messageBytesMax = 100
    try await HostilePeer.with(limits: limits) { peer in
      await peer.ready()
      let large = Blob(1, bytes: bytes(200)).encoded()
      await peer.send(frame(.request, call: Self.call, method: Self.method, payload: large))
      await peer.send(request(1))
      let failure = try #require(await peer.frame { $0.header.kind == .failure })
      let code = try CallError(decodingPayload: failure.payload).code
      #expect(code == .resourceExhausted)
      #expect(await peer.frame { $0.header.kind == .response } == response(to: request(1)))
    }
  }

  @Test("Without credit responses stand in line, and go in order when it comes")
  func credit() async throws {
    var limits = PeerLimits()
    limits.framePayloadBytesMax = 4_096
    limits.connectionCreditBytes = 16_384
    try await HostilePeer.with(hello: Hello(limits: limits)) { peer in
      await peer.ready()
      for slot in 0..<8 as Range<UInt32> {
        await peer.send(request(slot, PromptMethods.grow, 4_000))
      }
      await peer.settle()
      #expect(peer.received(.response).count == 4)
      #expect(await peer.connection.openCalls == 4)
      #expect(await peer.connection.metrics.stalls == 1)
      await peer.send(frame(.credit, payload: CreditPayload.encoded(16_384)))
      #expect(await eventually { peer.received(.response).count == 8 })
      #expect(
        peer.received(.response).map(\.header.call.index) == Array(0..<8))
      #expect(await peer.connection.openCalls == 0)
      #expect(await peer.connection.metrics.served.succeeded == 8)
    }
  }

  @Test("A request in pieces and one with a context are answered by a task, alike")
  func inPieces() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let payload = Blob(300, bytes: bytes(10)).encoded()
      await peer.send(
        frame(
          .request, call: Self.call, method: Self.method, flags: .more,
          payload: Array(payload[..<5])))
      await peer.send(request(1))
      await peer.send(frame(.request, call: Self.call, payload: Array(payload[5...])))
      #expect(await eventually { peer.received(.response).count == 2 })
      #expect(peer.received(.response).map(\.header.call.index) == [1, 0])
      #expect(peer.received(.response).last?.payload == payload)
    }
  }

  @Test("A handler knows what time is left, and the trace of its call")
  func context() async throws {
    try await ConnectionPair.with { pair in
      let trace = try #require(TraceContext("00-4bf92f3577b34da6-01".utf8))
      let (plain, limited, traced) = try await pair.near.onLoop { connection in
        let plain = try await connection.call(PromptMethods.context, Blob())
        let limited = try await connection.call(
          PromptMethods.context, Blob(), timeout: .seconds(3_000))
        let traced = try await trace.attached {
          try await connection.call(PromptMethods.context, Blob(), timeout: .seconds(3_000))
        }
        return (plain, limited, traced)
      }
      #expect(plain == Blob())
      for answer in [limited, traced] {
        #expect(answer.number <= 3_000_000 && answer.number > 1_000_000)
      }
      #expect(limited.bytes == [] && traced.bytes == trace.bytes)
    }
  }

  @Test("After a goodbye requests are refused")
  func goodbye() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      await peer.send(frame(.request, call: Self.call, method: TestMethods.hang.number))
      #expect(await eventually { await peer.witness.started == 1 })
      await peer.connection.goAway()
      await peer.send(request(1))
      let failure = try #require(await peer.frame { $0.header.kind == .failure })
      let code = try CallError(decodingPayload: failure.payload).code
      #expect(code == .unavailable)
      #expect(peer.received(.response).isEmpty)
    }
  }

  @Test("A handler may call back on its connection from within, and may end it")
  func reentrancy() async throws {
    try await ConnectionPair.with { pair in
      let calls = pair.near.answers(of: PromptMethods.callBack, to: [1, 40, 3])
      try await expect(calls, brings: [.number(1), .number(40), .number(3)])
      #expect(await eventually { await pair.far.metrics.made.succeeded == 44 })
      #expect(await pair.near.metrics.served.succeeded == 44)
    }
    try await ConnectionPair.with { pair in
      let calls = pair.near.answers(of: PromptMethods.leave, to: [0])
      try await expect(calls, brings: [.number(0)])
      #expect(await pair.far.closed().code == .drained)
      #expect(await pair.near.closed().code == .drained)
    }
    try await ConnectionPair.with { pair in
      let calls = pair.near.answers(of: PromptMethods.leave, to: [1, 0, 1])
      try await expect(calls, brings: Array(repeating: .failed(.unavailable), count: 3))
      #expect(await pair.far.closed().code == .closed)
      #expect(await pair.far.metrics.served.open == 0)
    }
  }

  @Test("Ids of requests that were answered at once are used up")
  func ids() async throws {
    let broken: [(frames: [Frame], reason: String)] = [
      ([request(0), request(0)], "used before"),
      (
        [
          frame(.request, call: Self.call, method: TestMethods.hang.number),
          frame(.request, call: Self.call + 0x1_0000, method: Self.method),
        ], "in use"
      ),
      ([frame(.request, call: 0x1_0001, method: Self.method)], "out of range"),
      ([frame(.request, method: Self.method)], "used before"),
      ([request(0), frame(.request, call: Self.call, payload: [1])], "takes none"),
      ([request(10_000)], "out of range"),
    ]
    for (frames, reason) in broken {
      try await HostilePeer.with { peer in
        await peer.ready()
        for frame in frames { await peer.send(frame) }
        let end = await peer.connection.closed()
        #expect(end.code == .protocolError && end.message.contains(reason), "\(end)")
      }
    }
  }

  @Test("A late cancel and late credit of an answered request are let pass")
  func late() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      await peer.send(request(0), frame(.cancel, call: Self.call))
      await peer.send(
        frame(.credit, call: Self.call, payload: CreditPayload.encoded(1)), request(1))
      #expect(await eventually { peer.received(.response).count == 2 })
      #expect(await !peer.connection.isEnding)
    }
  }

  @Test("Calls without end are counted against the limit of a connection's life")
  func total() async throws {
    var limits = WireLimits()
    limits.callsTotalMax = 3
    try await HostilePeer.with(limits: limits) { peer in
      await peer.ready()
      for slot in 0..<4 as Range<UInt32> { await peer.send(request(slot)) }
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError && end.message.contains("3 calls"))
      #expect(await eventually { peer.received(.response).count == 3 })
    }
  }
}
