// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("Deadlines")
struct DeadlineTests {
  private func begin(_ pair: MachinePair, after milliseconds: Int) throws -> CallID {
    try #require(pair.begin([1], timeout: .milliseconds(milliseconds)).id)
  }

  /// All calls that `expire` ends now.
  private func expired(_ pair: MachinePair, at milliseconds: Int) -> Set<CallID> {
    let now = pair.now.advanced(by: .milliseconds(milliseconds))
    var calls: Set<CallID> = []
    while let action = pair.near.expire(at: now) {
      if case .failed(let failed) = action { calls.formUnion(failed.map(\.call)) }
    }
    return calls
  }

  private func instant(_ pair: MachinePair, _ milliseconds: Int) -> LoopInstant {
    pair.now.advanced(by: .milliseconds(milliseconds))
  }

  @Test("Each call ends by its deadline, none before, in any order of beginning")
  func order() throws {
    let pair = MachinePair()
    try pair.settle()
    var random = SplitMix64(seed: 7)
    var calls: [CallID: Int] = [:]
    for milliseconds in Array(1...500).shuffled(using: &random) {
      calls[try begin(pair, after: milliseconds)] = milliseconds
    }
    #expect(pair.near.nextDeadline == instant(pair, 1))
    var ended: Set<CallID> = []
    var wakeUps = 0
    while let alarm = pair.near.nextDeadline {
      let milliseconds = Int(pair.now.duration(to: alarm) / .milliseconds(1))
      ended.formUnion(expired(pair, at: milliseconds))
      let due = Set(calls.filter { $0.value <= milliseconds }.keys)
      try #require(ended == due)
      wakeUps += 1
    }
    #expect(ended.count == 500)
    #expect(wakeUps <= 500)
  }

  @Test("Calls that end in time leave no trace: one alarm for many thousands")
  func inTime() throws {
    let pair = MachinePair()
    try pair.settle()
    for number in 0..<2_000 {
      pair.now = pair.now.advanced(by: .milliseconds(1))
      let id = try begin(pair, after: 10_000)
      try pair.settle()
      pair.far.finish(id, with: .success([]))
      try pair.settle()
      #expect(pair.near.nextDeadline == instant(pair, 10_000 - number), "the first call's")
    }
    let open = try begin(pair, after: 10_000)
    #expect(expired(pair, at: 9_000).isEmpty)
    #expect(pair.near.nextDeadline == instant(pair, 10_000), "the open call's")
    #expect(expired(pair, at: 10_000) == [open])
    #expect(pair.near.nextDeadline == nil)
  }

  @Test("Deadlines that stand close together are looked for once in a millisecond")
  func scans() throws {
    let pair = MachinePair()
    try pair.settle()
    for microseconds in 1...3_000 {
      _ = pair.begin([1], timeout: .microseconds(microseconds))
    }
    var scans = 0
    while let alarm = pair.near.nextDeadline {
      while pair.near.expire(at: alarm) != nil {}
      scans += 1
    }
    #expect(scans == 4)
    #expect(pair.near.local.openCount == 0)
  }

  @Test("A call of the peer that was told to stop is not told again")
  func stopOnce() throws {
    let pair = MachinePair()
    let id = try begin(pair, after: 10)
    try pair.settle()
    let late = instant(pair, 20)
    #expect(pair.far.expire(at: late) == .stop(id))
    #expect(pair.far.expire(at: late) == nil)
    #expect(pair.far.nextDeadline == nil)
  }

  @Test("A handler's calls get what is left of its own call, on any connection")
  func passedOn() async throws {
    try await ConnectionPair.with { pair in
      try await Relay.with(to: pair) { relay in
        let response = try await relay.caller.call(Relay.ask, Blob(), timeout: .seconds(3_000))
        #expect(response.number == 1)
        let left = try #require(await pair.farWitness.timeouts.last ?? nil)
        #expect(left <= .seconds(3_000) && left > .seconds(1_000))
        // A shorter one of its own stays.
        _ = try await relay.caller.call(Relay.ask, Blob(100), timeout: .seconds(3_000))
        let own = try #require(await pair.farWitness.timeouts.last ?? nil)
        #expect(own <= .seconds(100))
        // Without a deadline there is none to pass on.
        _ = try await relay.caller.call(Relay.ask, Blob())
        #expect(await pair.farWitness.timeouts.count == 3)
        #expect(await pair.farWitness.timeouts.last == .some(nil))
      }
    }
  }

  @Test("A handler's streams get what is left of its own call, too")
  func passedOnToStreams() async throws {
    try await ConnectionPair.with { pair in
      try await Relay.with(to: pair) { relay in
        _ = try await relay.caller.call(Relay.askByStream, Blob(), timeout: .seconds(3_000))
        let left = try #require(await pair.farWitness.timeouts.last ?? nil)
        #expect(left <= .seconds(3_000) && left > .seconds(1_000))
      }
    }
  }

  @Test("What a handler leaves behind is not bound by its call's deadline")
  func leftBehind() async throws {
    try await ConnectionPair.with { pair in
      try await Relay.with(to: pair) { relay in
        _ = try await relay.caller.call(Relay.leave, Blob(), timeout: .seconds(3_000))
        await relay.hasEnded.set()
        #expect(await eventually { await pair.farWitness.started == 1 })
        #expect(await pair.farWitness.timeouts == [nil])
      }
    }
  }
}

/// A connection whose handlers call over another one.
private struct Relay {
  /// Calls a method that hangs, with as many seconds of its own as the number says; 0 for no limit.
  static let ask = UnaryMethod<Blob, Blob>(number: 1, name: "Relay.Ask")
  static let askByStream = UnaryMethod<Blob, Blob>(number: 2, name: "Relay.AskByStream")
  /// Calls when it has ended.
  static let leave = UnaryMethod<Blob, Blob>(number: 3, name: "Relay.Leave")

  var caller: Connection
  var hasEnded = Flag()

  static func with(to pair: ConnectionPair, _ body: (Relay) async throws -> Void) async throws {
    let loop = try EventLoop.start(name: "relay")
    let ends = MemoryStream.connections(on: loop)
    let relay = Relay(caller: Connection(ends.near, side: .dialed))
    let server = Connection(ends.far, side: .accepted, serving: relay.table(pair))
    await relay.caller.start()
    await server.start()
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(try await body(relay))
    } catch {
      result = .failure(error)
    }
    await relay.caller.close()
    await server.close()
    await loop.stop()
    try result.get()
  }

  private func table(_ pair: ConnectionPair) -> MethodTable {
    var table = MethodTable()
    table.on(Self.ask) { request, _ in
      let before = await pair.farWitness.started
      let call = Task {
        try await pair.near.call(
          TestMethods.hang, Blob(),
          timeout: request.number == 0 ? nil : .seconds(Int64(request.number)))
      }
      let isAsked = await eventually { await pair.farWitness.started > before }
      call.cancel()
      _ = await call.result
      return Blob(isAsked ? 1 : 0)
    }
    table.on(Self.askByStream) { request, _ in
      let call = try await pair.near.open(TestMethods.mirror)
      try await call.send(request)
      for try await _ in call.answers { break }
      return request
    }
    table.on(Self.leave) { [hasEnded] request, _ in
      Task {
        _ = await eventually { await hasEnded.isSet }
        _ = try? await pair.near.call(TestMethods.hang, Blob())
      }
      return request
    }
    return table
  }
}
