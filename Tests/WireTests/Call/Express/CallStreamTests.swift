// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("Streams of calls")
struct CallStreamTests {
  @Test("Answers stand in order behind a gap, also when their numbers wrap around")
  func ring() async throws {
    try await RingTest.run { core in
      for first in [0, UInt32.max - 5] {
        let ring = CallRing(core, places: 10, first: first)
        for round in 0..<3 as Range<UInt32> {
          var tags: [UInt32] = []
          for _ in 0..<10 {
            tags.append(try #require(ring.begin(openMax: 10)).tag)
          }
          #expect(tags == (0..<10).map { first &+ round * 10 &+ $0 })
          #expect(ring.pendingCount == 10)
          #expect(ring.begin(openMax: 10) == nil)
          for tag in tags.dropFirst().reversed() {
            RingTest.answer(ring, tag)
            guard case .nothing = ring.takeNext() else { return #expect(Bool(false)) }
          }
          ring.fail(tags[0], with: CallError(.aborted, "first"))
          guard case .failure(let error) = ring.takeNext() else { return #expect(Bool(false)) }
          #expect(error.message == "first")
          for tag in tags.dropFirst() { #expect(RingTest.taken(ring) == tag) }
          #expect(ring.pendingCount == 0)
          guard case .nothing = ring.takeNext() else { return #expect(Bool(false)) }
        }
      }
    }
  }

  @Test("Memory is bounded by what waits, however much passes behind the oldest call")
  func compaction() async throws {
    try await RingTest.run { core in
      let ring = CallRing(core, places: 16)
      let answer: [UInt8] = bytes(50_000)
      var waiting: [UInt32] = []
      var peak = 0
      func begin() throws {
        waiting.append(try #require(ring.begin(openMax: 16)).tag)
      }
      for _ in 0..<8 { try begin() }
      // An answer behind the oldest call is always there, so the store is never empty.
      answer.withUnsafeBytes { ring.take($0, of: waiting[1]) }
      for _ in 0..<1_000 {
        for index in [0, 3] { answer.withUnsafeBytes { ring.take($0, of: waiting[index]) } }
        for _ in 0..<2 {
          guard case .response(let bytes) = ring.takeNext() else { return #expect(Bool(false)) }
          #expect(bytes.elementsEqual(answer))
          waiting.removeFirst()
          try begin()
        }
        guard case .nothing = ring.takeNext() else { return #expect(Bool(false)) }
        peak = max(peak, ring.bytes.capacity)
      }
      #expect(peak <= 1 << 20)
      #expect(ring.pendingCount == 8)
    }
  }

  @Test("The connection knows a stream while calls are open, and no longer")
  func sinks() async throws {
    try await RingTest.run { core in
      let ring = CallRing(core, places: 2)
      #expect(core.sinks.isEmpty)
      let first = try #require(ring.begin(openMax: 2))
      #expect(!core.sinks.isEmpty)
      ring.takeBack()
      #expect(core.sinks.isEmpty && ring.pendingCount == 0)
      #expect(ring.begin(openMax: 2) == first)
      #expect(ring.begin(openMax: 2)?.tag == first.tag + 1)
      ring.takeBack()
      #expect(!core.sinks.isEmpty && ring.pendingCount == 1)
      RingTest.answer(ring, first.tag)
      #expect(core.sinks.isEmpty)
    }
  }

  @Test("A full stream takes no call until an answer is taken; the end is told as often as asked")
  func full() async throws {
    try await ConnectionPair.with { pair in
      try await pair.near.onLoop { connection in
        // Not a power of two.
        let calls = try connection.calls(PromptMethods.echo, openMax: 3)
        #expect(await calls.next() == nil)
        #expect(calls.takeNext() == nil)
        for number in 0..<3 as Range<UInt64> {
          #expect(calls.hasRoom)
          try calls.send(Blob(number))
        }
        #expect(!calls.hasRoom && calls.pendingCount == 3)
        let error = #expect(throws: CallError.self) { try calls.send(Blob(9)) }
        #expect(error?.code == .resourceExhausted)
        #expect(await connection.metrics.made.begun == 3)
        #expect(await calls.next() == .success(Blob(0)))
        try calls.send(Blob(3))
        for number in 1...3 as ClosedRange<UInt64> {
          #expect(await calls.next() == .success(Blob(number)))
        }
        for _ in 0..<2 { #expect(await calls.next() == nil) }
        #expect(calls.pendingCount == 0)
      }
    }
  }

  @Test("Room of less than one call is room for one, and of more than a connection's, for those")
  func room() async throws {
    try await ConnectionPair.with { pair in
      try await pair.near.onLoop { connection in
        for openMax in [Int.min, 0, 1] {
          let calls = try connection.calls(PromptMethods.echo, openMax: openMax)
          try calls.send(Blob(1))
          #expect(!calls.hasRoom)
        }
        let calls = try connection.calls(PromptMethods.echo, openMax: .max)
        #expect(calls.openMax == CallID.slotsMax)
      }
    }
  }

  @Test("A call that the connection refuses has no answer, and the stream goes on")
  func refused() async throws {
    var limits = WireLimits()
    limits.openCallsMax = 2
    try await ConnectionPair.with(far: limits) { pair in
      try await pair.near.onLoop { connection in
        let calls = try connection.calls(PromptMethods.echo, openMax: 8)
        try calls.send(Blob(0))
        try calls.send(Blob(1))
        let error = #expect(throws: CallError.self) { try calls.send(Blob(2)) }
        #expect(error?.code == .resourceExhausted)
        #expect(calls.pendingCount == 2)
        #expect(await calls.next() == .success(Blob(0)))
        #expect(await calls.next() == .success(Blob(1)))
        try calls.send(Blob(3))
        #expect(await calls.next() == .success(Blob(3)))
        let large = Blob(1, bytes: bytes(65 << 20))
        #expect(throws: CallError.self) { try calls.send(large) }
        #expect(await calls.next() == nil)
      }
    }
  }

  @Test("A stream that is dropped leaves its calls to end unheard")
  func dropped() async throws {
    try await ConnectionPair.with { pair in
      try await pair.near.onLoop { connection in
        let calls = try connection.calls(PromptMethods.echo, openMax: 50)
        for number in 0..<50 as Range<UInt64> { try calls.send(Blob(number)) }
      }
      #expect(await eventually { await pair.near.metrics.made.succeeded == 50 })
      #expect(await pair.near.hasNoSinks)
      #expect(await pair.near.shortCalls == 0)
    }
  }

  @Test("Cancel gives up what is open; what was answered stays")
  func cancel() async throws {
    try await ConnectionPair.with { pair in
      try await pair.near.onLoop { connection in
        let prompt = try connection.calls(PromptMethods.echo, openMax: 2)
        let hanging = try connection.calls(TestMethods.hang, openMax: 4)
        for number in 0..<4 as Range<UInt64> { try hanging.send(Blob(number)) }
        try prompt.send(Blob(7))
        try prompt.send(Blob(8))
        #expect(await prompt.next() == .success(Blob(7)))
        prompt.cancel()
        #expect(await prompt.next() == .success(Blob(8)))
        hanging.cancel()
        hanging.cancel()
        for _ in 0..<4 {
          #expect(await hanging.next().map(Answer.init) == .failed(.cancelled))
        }
        #expect(await hanging.next() == nil)
      }
      #expect(await eventually { await pair.near.shortCalls == 0 })
      #expect(await pair.near.metrics.made.failed(.cancelled) == 4)
      #expect(
        await eventually {
          let (started, cancelled) = await (pair.farWitness.started, pair.farWitness.cancelled)
          return started == cancelled
        })
      #expect(await eventually { await pair.far.metrics.served.open == 0 })
    }
  }

  @Test(
    "Calls and answers are the same over a stream that cuts bytes anywhere",
    arguments: [1, 7, 16, 100])
  func pieces(size: Int) async throws {
    var options = MemoryStream.Options()
    options.chunks = .every(size)
    try await ConnectionPair.with(options: options) { pair in
      let numbers = Array(0..<200 as Range<UInt64>)
      let answers = pair.near.answers(of: PromptMethods.echo, to: numbers)
      try await expect(answers, brings: numbers.map { .number($0) })
      #expect(await pair.far.metrics.served.succeeded == 200)
    }
  }
}

/// A ring whose answers are given by hand.
private enum RingTest {
  static func run(_ body: @escaping @Sendable (ConnectionCore) throws -> Void) async throws {
    let loop = try EventLoop.start(name: "ring")
    let ends = MemoryStream.pair(on: loop)
    let result: Swift.Result<Void, any Error> = await loop.run {
      let machine = ConnectionMachine(side: .dialed, limits: WireLimits(), serving: [:])
      let core = ConnectionCore(
        ends.near, limits: WireLimits(), serving: MethodTable(), machine: machine)
      return Swift.Result { try body(core) }
    }
    await loop.stop()
    try result.get()
  }

  static func answer(_ ring: CallRing, _ tag: UInt32) {
    withUnsafeBytes(of: tag) { ring.take($0, of: tag) }
  }

  static func taken(_ ring: CallRing) -> UInt32? {
    guard case .response(let bytes) = ring.takeNext(), bytes.count == 4 else { return nil }
    return bytes.loadUnaligned(as: UInt32.self)
  }
}

extension Connection {
  fileprivate var hasNoSinks: Bool { core.value.sinks.isEmpty }
}
