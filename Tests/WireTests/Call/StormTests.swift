// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

@Suite("A peer that asks without end")
struct StormTests {
  /// A machine that a peer said hello to, and what it answers.
  private func machine(
    _ limits: WireLimits = WireLimits(), peer: PeerLimits = PeerLimits()
  ) throws -> ConnectionMachine {
    var machine = ConnectionMachine(side: .accepted, limits: limits, serving: MachinePair.shapes)
    _ = try machine.receive(frame(.hello, payload: Hello(limits: peer).encoded()), at: now)
    return machine
  }

  private let now = LoopInstant(nanoseconds: 1_000_000_000)
  private let room = ConnectionMachine.Room(messageBytes: 1 << 20, controlBytes: 1 << 20)

  private func id(_ index: Int, generation: UInt16 = 1) -> CallID {
    CallID(opener: .dialed, index: index, generation: generation)
  }

  @Test("Calls that are opened and cancelled without end run no more handlers than may be open")
  func handlers() throws {
    var limits = WireLimits()
    limits.openCallsMax = 100
    var machine = try machine(limits)
    var running: Set<CallID> = []
    for index in 0..<100 {
      let request = frame(.request, call: id(index).rawValue, method: MachinePair.unary)
      if let started = try machine.receive(request, at: now).startedCall { running.insert(started) }
      let cancel = frame(.cancel, call: id(index).rawValue)
      #expect(try machine.receive(cancel, at: now) == .stop(id(index)))
      // Told once, however often it is said.
      #expect(try machine.receive(cancel, at: now) == .nothing)
    }
    #expect(running.count == 100)
    // The handlers wind down; until then none of their slots can be used.
    for index in [0, 50, 99] {
      let again = frame(
        .request, call: id(index, generation: 2).rawValue, method: MachinePair.unary)
      #expect(throws: ProtocolError.self) { try machine.receive(again, at: now) }
    }
    machine.finish(id(50), with: .failure(CallError(.cancelled, "")))
    _ = machine.takeOutput(room, at: now)
    let again = frame(.request, call: id(50, generation: 2).rawValue, method: MachinePair.unary)
    #expect(try machine.receive(again, at: now).startedCall == id(50, generation: 2))
  }

  @Test("Answers that wait behind a slow reader leave nothing behind when they are cancelled")
  func cancelledAnswers() throws {
    var peer = PeerLimits()
    peer.connectionCreditBytes = 1 << 20
    var machine = try machine(peer: peer)
    for generation in 1...3_000 as ClosedRange<UInt16> {
      // The first answer waits for credit that never comes, and all others behind it.
      for index in generation == 1 ? 0..<2 : 1..<2 {
        let call = id(index, generation: generation)
        _ = try machine.receive(
          frame(.request, call: call.rawValue, method: MachinePair.unary), at: now)
        machine.finish(call, with: .success(bytes(2 << 20)))
        _ = machine.takeOutput(room, at: now)
      }
      let call = id(1, generation: generation)
      _ = try machine.receive(frame(.cancel, call: call.rawValue), at: now)
      _ = machine.takeOutput(room, at: now)
      try #require(machine.remote[call] == nil)
      #expect(machine.schedule.length < 80)
    }
    #expect(machine.remote.openCount == 1)
    #expect(machine.queuedBytes <= 2 << 20)
  }

  @Test("Messages in pieces without end leave no list behind, whole or given up")
  func pieces() throws {
    var machine = try machine()
    let piece = frame(
      .request, call: id(0).rawValue, method: MachinePair.unary, flags: .more, payload: [1])
    #expect(try machine.receive(piece, at: now) == .nothing)
    for generation in 1...1_000 as ClosedRange<UInt16> {
      let call = id(1, generation: generation)
      let first = frame(
        .request, call: call.rawValue, method: MachinePair.unary, flags: .more, payload: [1])
      #expect(try machine.receive(first, at: now) == .nothing)
      if generation.isMultiple(of: 2) {
        _ = try machine.receive(frame(.cancel, call: call.rawValue), at: now)
      } else {
        let rest = frame(.request, call: call.rawValue, payload: [2])
        #expect(try machine.receive(rest, at: now).startedCall == call)
        machine.finish(call, with: .failure(CallError(.aborted, "")))
      }
      _ = machine.takeOutput(room, at: now)
      #expect(machine.budget.starts.count < 80)
    }
    #expect(machine.budget.usedBytes == 1)
  }

  @Test("Goodbyes without end are heard once")
  func goaways() throws {
    var machine = try machine()
    let call = NewCall(method: 1, shape: .unary, request: [1], timeout: nil)
    let queued = try #require(machine.begin(call, at: now).id)
    let goaway = Goaway(.draining, "restart")
    let frame = frame(.goaway, payload: goaway.encoded())
    guard case .goaway(_, let failed) = try machine.receive(frame, at: now) else {
      return #expect(Bool(false))
    }
    #expect(failed.map(\.call) == [queued])
    for _ in 0..<1_000 { #expect(try machine.receive(frame, at: now) == .goaway(goaway, [])) }
    #expect(machine.local.openCount == 0)
  }

  @Test("Pings without end wait as one pong")
  func pings() throws {
    var machine = try machine()
    _ = machine.takeOutput(room, at: now)
    for number in 0..<1_000 as Range<UInt64> {
      _ = try machine.receive(frame(.ping, payload: PingPayload.encoded(number)), at: now)
    }
    #expect(machine.takeOutput(room, at: now).count == FrameHeader.byteCount + 8)
  }

  @Test("A peer that is not known may send so many frames and bytes, and is cut above")
  func enrolment() async throws {
    var limits = WireLimits.enrolment
    limits.lifetimeMax = nil
    try await HostilePeer.with(limits: limits) { peer in
      let ping = frame(.ping, payload: PingPayload.encoded(1)).encoded()
      await peer.send(bytes: [[UInt8]](repeating: ping, count: 64).flatMap { $0 })
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError && end.message.contains("64 frames"))
    }
    try await HostilePeer.with(limits: limits) { peer in
      var unknown = frame(.ping, payload: bytes(4_000)).encoded()
      unknown[10] = 200
      await peer.send(bytes: [[UInt8]](repeating: unknown, count: 9).flatMap { $0 })
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError && end.message.contains("32768 bytes"))
    }
  }

  @Test("A connection that nobody uses is closed in order, also with pings; one in use is not")
  func idle() async throws {
    var limits = WireLimits()
    limits.idleTimeout = .milliseconds(50)
    limits.keepaliveInterval = .milliseconds(5)
    limits.keepaliveTimeout = .seconds(60)
    try await ConnectionPair.with(near: limits) { pair in
      let stream = try await pair.far.open(TestMethods.hangingStream, Blob())
      #expect(await eventually { await pair.near.pingsSent > 40 })
      #expect(await !pair.near.isEnding)
      withExtendedLifetime(stream) {}
      let reader = Task { for try await _ in stream {} }
      reader.cancel()
      #expect(await pair.near.closed().code == .drained)
      #expect(await pair.far.closed().code == .drained)
    }
  }
}
