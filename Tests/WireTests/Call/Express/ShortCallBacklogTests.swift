// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("Short calls on a stream that is backed up")
struct ShortCallBacklogTests {
  /// Little goes into the stream at once, and little is held behind it.
  private func with(_ body: (ConnectionPair) async throws -> Void) async throws {
    var limits = WireLimits()
    limits.unsentBytesMax = 8 << 10
    var options = MemoryStream.Options()
    options.windowBytes = 1 << 10
    options.limits.highMarkBytes = 4 << 10
    options.limits.lowMarkBytes = 2 << 10
    try await ConnectionPair.with(near: limits, far: limits, options: options, body)
  }

  @Test("Calls above the room of the turn stand in line; each is answered once, in order")
  func line() async throws {
    try await with { pair in
      let answers = try await pair.near.onLoop { connection in
        let calls = try connection.calls(PromptMethods.echo, openMax: 2_000)
        for number in 0..<2_000 as Range<UInt64> {
          try calls.send(Blob(number, bytes: bytes(50)))
        }
        // No turn has passed.
        let (short, inLine) = await (connection.shortCalls, connection.lineCalls)
        #expect(short > 50 && short < 200)
        #expect(short + inLine == 2_000)
        var answers: [Answer] = []
        while let answer = await calls.next() { answers.append(Answer(answer)) }
        return answers
      }
      #expect(answers == (0..<2_000).map { .number($0) })
      #expect(await pair.near.shortCalls + pair.near.lineCalls == 0)
      let (made, served) = await (pair.near.metrics.made, pair.far.metrics.served)
      #expect(made.begun == 2_000 && made.succeeded == 2_000 && served == made)
    }
  }

  @Test("Short calls overtake a large one, and the large one moves")
  func fairness() async throws {
    try await with { pair in
      try await pair.near.onLoop { connection in
        let large = Blob(1, bytes: bytes(4 << 20))
        let big = connection.task { try await $0.call(TestMethods.echo, large) == large }
        let calls = try connection.calls(PromptMethods.echo, openMax: 4)
        for number in 0..<4 as Range<UInt64> { try calls.send(Blob(number)) }
        var overtaking = 0
        for number in 4..<500 as Range<UInt64> {
          guard let answer = await calls.next() else { break }
          #expect(try answer.get().number == number - 4)
          try calls.send(Blob(number))
          if await connection.metrics.made.succeeded == Int(number) - 3 { overtaking += 1 }
        }
        #expect(overtaking > 100)
        let isEcho = try await big.value
        #expect(isEcho)
        while await calls.next() != nil {}
      }
    }
  }

  @Test("What short calls send is counted once, and received so")
  func counts() async throws {
    try await with { pair in
      let numbers = Array(1...300 as ClosedRange<UInt64>)
      _ = try await pair.near.answers(of: PromptMethods.echo, to: numbers).value
      let (near, far) = await (pair.near.metrics, pair.far.metrics)
      let size = numbers.reduce(0) { $0 + Blob($1).encodedSize }
      #expect(near.sentBytes == size && far.receivedBytes == size)
      #expect(far.sentBytes == size && near.receivedBytes == size)
      // And the hello.
      #expect(near.receivedFrames >= 301 && far.receivedFrames >= 301)
      #expect(near.stalls == 0)
    }
  }

  @Test("Credit is spent by short messages and comes back")
  func credit() async throws {
    var limits = WireLimits()
    limits.framePayloadBytesMax = 4 << 10
    limits.connectionCreditBytes = 16 << 10
    limits.smallMessageReserveBytes = 1 << 10
    try await ConnectionPair.with(near: limits, far: limits) { pair in
      let answers = try await pair.near.onLoop { connection in
        let calls = try connection.calls(PromptMethods.echo, openMax: 64)
        var count = 0
        for number in 0..<2_000 as Range<UInt64> {
          if !calls.hasRoom, try await calls.next()?.get() != nil { count += 1 }
          try calls.send(Blob(number, bytes: bytes(1_000)))
        }
        while try await calls.next()?.get() != nil { count += 1 }
        return count
      }
      #expect(answers == 2_000)
      let (spent, owed) = await (pair.near.sendCredit, pair.far.receiveCredit)
      #expect(spent + owed >= 16 << 10)
    }
  }
}

extension Connection {
  fileprivate var sendCredit: Int { core.value.machine.sendCredit.available }
  fileprivate var receiveCredit: Int {
    limits.connectionCreditBytes - core.value.machine.receiveCredit.outstanding
  }
}
