// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("Calls with items from the caller")
struct ItemCallTests {
  @Test(
    "A stream of requests is answered once, from both sides, however the bytes are cut",
    arguments: [1, 17, 65_536])
  func upload(chunk: Int) async throws {
    var options = MemoryStream.Options()
    options.chunks = .every(chunk)
    try await ConnectionPair.with(options: options) { pair in
      for connection in [pair.near, pair.far] {
        let call = try await connection.open(TestMethods.sum, timeout: .seconds(3_600))
        for number in 1...100 as ClosedRange<UInt64> { try await call.send(Blob(number)) }
        call.finish()
        let sum = try await call.response().number
        #expect(sum == 5_050)
        let again = await #expect(throws: CallError.self) { try await call.response() }
        #expect(again?.code == .failedPrecondition)
      }
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("Two streams go both ways at once, with more items than credit allows on the way")
  func bothWays() async throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 4_000
    try await ConnectionPair.with(near: limits, far: limits) { pair in
      let call = try await pair.near.open(TestMethods.mirror)
      async let sending: Void = {
        for number in 0..<1_000 as Range<UInt64> {
          try await call.send(Blob(number, bytes: bytes(100)))
        }
        call.finish()
      }()
      var numbers: [UInt64] = []
      for try await answer in call.answers { numbers.append(answer.number) }
      try await sending
      #expect(numbers == Array(0..<1_000))
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("An early answer stops the caller's sending")
  func earlyAnswer() async throws {
    try await ConnectionPair.with { pair in
      let call = try await pair.near.open(TestMethods.first)
      try await call.send(Blob(7))
      let error = await #expect(throws: CallError.self) {
        while true {
          try await call.send(Blob(1, bytes: bytes(1_000)))
          await Task.yield()
        }
      }
      #expect(error?.code == .cancelled)
      let answer = try await call.response().number
      #expect(answer == 7)
      call.finish()
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("A sender hears why its call failed, also when the reader heard it first")
  func failure() async throws {
    try await ConnectionPair.with { pair in
      let missing = ClientStreamingMethod<Blob, Blob>(number: 99, name: "Test.Missing")
      let call = try await pair.near.open(missing)
      let read = await #expect(throws: CallError.self) { try await call.response() }
      #expect(read?.code == .unimplemented)
      let sent = await #expect(throws: CallError.self) { try await call.send(Blob(1)) }
      #expect(sent == read)
      // A handler hears of an item that it cannot read, and so does the caller.
      let raw = NewCall(method: 9, shape: .clientStreaming, request: [], timeout: nil)
      let id = try await pair.near.begin(raw)
      try await pair.near.send([0xff, 0xff], to: id)
      guard case .failed(let error) = await pair.near.nextItem(of: id) else {
        return #expect(Bool(false))
      }
      #expect(error.code == .invalidArgument && error.message.contains("request of Test.Sum"))
    }
  }

  @Test("A handler that reads nothing holds the caller back; his deadline ends both")
  func slowHandler() async throws {
    try await ConnectionPair.with { pair in
      let call = try await pair.near.open(TestMethods.ignore, timeout: .milliseconds(300))
      var sent = 0
      let error = await #expect(throws: CallError.self) {
        while true {
          try await call.send(Blob(1, bytes: bytes(10_000)))
          sent += 1
        }
      }
      #expect(error?.code == .deadlineExceeded)
      #expect(sent <= (1 << 20) / 10_000 + 1)
      let answer = await #expect(throws: CallError.self) { try await call.response() }
      #expect(answer?.code == .deadlineExceeded)
      #expect(await eventually { await pair.farWitness.cancelled == 1 })
    }
  }

  @Test("A call that is dropped is cancelled at the handler")
  func drop() async throws {
    try await ConnectionPair.with { pair in
      do {
        let call = try await pair.near.open(TestMethods.mirror)
        try await call.send(Blob(1))
        var answers = call.answers.makeAsyncIterator()
        let number = try await answers.next()?.number
        #expect(number == 1)
      }
      #expect(await eventually { await pair.farWitness.errors.map(\.code) == [.cancelled] })
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("A cancelled task that sends or waits cancels the call", arguments: [true, false])
  func cancel(whileSending: Bool) async throws {
    try await ConnectionPair.with { pair in
      let task = Task {
        let call = try await pair.near.open(TestMethods.ignore)
        while whileSending { try await call.send(Blob(1, bytes: bytes(100_000))) }
        _ = try await call.response()
      }
      #expect(await eventually { await pair.farWitness.started == 1 })
      task.cancel()
      let error = await #expect(throws: CallError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(await eventually { await pair.farWitness.cancelled == 1 })
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("The end of the connection reaches a caller that waits for credit, and the handler")
  func cut() async throws {
    try await ConnectionPair.with { pair in
      let call = try await pair.near.open(TestMethods.ignore)
      let task = Task {
        while true { try await call.send(Blob(1, bytes: bytes(100_000))) }
      }
      #expect(await eventually { await pair.farWitness.started == 1 })
      await pair.near.cutStream()
      let error = await #expect(throws: CallError.self) { try await task.value }
      #expect(error?.code == .unavailable)
      #expect(await eventually { await pair.farWitness.cancelled == 1 })
    }
  }

  @Test("On the connection's loop items are sent and read without a suspension")
  func synchronous() async throws {
    try await ConnectionPair.with { pair in
      let resident = Resident(pair.loop)
      let call = try await pair.near.open(TestMethods.mirror)
      // The peer's hello tells the credit.
      try await call.send(Blob(0))
      #expect(try await resident.send(100, on: call) == 0)
      var answers = call.answers.makeAsyncIterator()
      let first = try await answers.next()?.number
      #expect(first == 0)
      #expect(await eventually { await pair.near.hasItems(100) })
      let turns = try await resident.read(100, from: call.answers)
      #expect(turns == 0)
    }
  }
}

/// Lives on a loop. Counts how often the loop had a turn of its own meanwhile.
private actor Resident {
  private let loop: EventLoop
  private var turns = 0
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ loop: EventLoop) {
    self.loop = loop
  }

  private func watch() {
    turns = 0
    loop.submit { [self] in assumeIsolated { $0.turns += 1 } }
  }

  func send(_ count: Int, on call: BidirectionalCall<Blob, Blob>) async throws -> Int {
    watch()
    for _ in 0..<count { try await call.send(Blob(1)) }
    return turns
  }

  func read(_ count: Int, from items: ItemStream<Blob>) async throws -> Int {
    watch()
    var iterator = items.makeAsyncIterator()
    for _ in 0..<count { _ = try await iterator.next() }
    return turns
  }
}
