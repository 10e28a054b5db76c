// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("Batches of calls")
struct BatchTests {
  private static let both = [true, false]

  /// A batch, from a task on the loop or off it.
  private func call(
    _ method: UnaryMethod<Blob, Blob>, _ numbers: [UInt64], on connection: Connection,
    onLoop: Bool, timeout: Duration? = nil
  ) async throws -> [Answer] {
    let body: @Sendable (Connection) async throws -> [Answer] = { connection in
      try await connection.call(method, all: numbers.map { Blob($0) }, timeout: timeout)
        .map(Answer.init)
    }
    return onLoop ? try await connection.onLoop(body) : try await body(connection)
  }

  @Test("Each answer has the place of its request, failures too", arguments: both)
  func places(onLoop: Bool) async throws {
    try await ConnectionPair.with { pair in
      let numbers: [UInt64] = [0, 5, 0, 0, 100, 8, 0]
      let answers = try await call(
        PromptMethods.fail, numbers, on: pair.near, onLoop: onLoop)
      #expect(
        answers == [
          .number(0), .failed(.notFound), .number(0), .number(0), .failed(.internal),
          .failed(.resourceExhausted), .number(0),
        ])
      let made = await pair.near.metrics.made
      #expect(made.begun == 7 && made.succeeded == 4 && made.failed == 3)
      #expect(await pair.far.metrics.served == made)
    }
  }

  @Test("A batch without requests has no answers and sends nothing", arguments: both)
  func empty(onLoop: Bool) async throws {
    try await ConnectionPair.with { pair in
      let answers = try await call(PromptMethods.echo, [], on: pair.near, onLoop: onLoop)
      #expect(answers == [])
      #expect(await pair.near.metrics.made.begun == 0)
    }
  }

  @Test("Calls above the peer's limit fail in their places, the others are made", arguments: both)
  func limit(onLoop: Bool) async throws {
    var limits = WireLimits()
    limits.openCallsMax = 4
    try await ConnectionPair.with(far: limits) { pair in
      _ = try await pair.near.call(PromptMethods.echo, Blob())
      let numbers = Array(0..<10 as Range<UInt64>)
      let answers = try await call(PromptMethods.echo, numbers, on: pair.near, onLoop: onLoop)
      #expect(
        answers == numbers.map { $0 % 5 == 4 ? .failed(.resourceExhausted) : .number($0) })
    }
  }

  @Test("Batches of all sizes, also of large messages, come whole", arguments: both)
  func sizes(onLoop: Bool) async throws {
    try await ConnectionPair.with { pair in
      for count in [1, 2, 3, 1_000] as [UInt64] {
        let numbers = Array(0..<count)
        let answers = try await call(TestMethods.echo, numbers, on: pair.near, onLoop: onLoop)
        #expect(answers == numbers.map { .number($0) })
      }
      let requests = [10, 200_000, 4_096, 0, 70_000].map { Blob(UInt64($0), bytes: bytes($0)) }
      for method in [TestMethods.echo, PromptMethods.echo] {
        let answers = try await pair.near.call(method, all: requests)
        let areEchoes = try answers.map { try $0.get() } == requests
        #expect(areEchoes)
      }
    }
  }

  @Test("A caller that is cancelled cancels all at the peer", arguments: both)
  func cancelled(onLoop: Bool) async throws {
    try await ConnectionPair.with { pair in
      #expect(await eventually { await pair.near.sendsAtOnce })
      let body: @Sendable (Connection) async throws -> [Answer] = { connection in
        try await connection.call(TestMethods.hang, all: [Blob(1), Blob(2)]).map(Answer.init)
      }
      let batch = onLoop ? pair.near.task(body) : Task { try await body(pair.near) }
      #expect(await eventually { await pair.farWitness.started == 2 })
      batch.cancel()
      try await expect(batch, brings: [.failed(.cancelled), .failed(.cancelled)])
      #expect(await eventually { await pair.farWitness.cancelled == 2 })
      #expect(await eventually { await pair.near.shortCalls == 0 })
    }
  }

  @Test("A deadline holds for each call", arguments: both)
  func deadline(onLoop: Bool) async throws {
    try await ConnectionPair.with { pair in
      let answers = try await call(
        TestMethods.hang, [1, 2], on: pair.near, onLoop: onLoop, timeout: .milliseconds(20))
      #expect(answers == [.failed(.deadlineExceeded), .failed(.deadlineExceeded)])
      #expect(await eventually { await pair.near.shortCalls + pair.near.lineCalls == 0 })
    }
  }

  @Test("On a connection that has ended each call has its error", arguments: both)
  func ended(onLoop: Bool) async throws {
    try await ConnectionPair.with { pair in
      _ = try await pair.near.call(PromptMethods.echo, Blob())
      await pair.near.close()
      let body: @Sendable (Connection) async throws -> [Answer] = { connection in
        try await connection.call(PromptMethods.echo, all: [Blob(1), Blob(2)]).map(Answer.init)
      }
      let answers =
        onLoop ? try await pair.near.task(body).value : try await body(pair.near)
      #expect(answers == [.failed(.unavailable), .failed(.unavailable)])
    }
  }

  @Test("A task that is on the loop by chance, and an actor elsewhere, call alike")
  func byChance() async throws {
    try await ConnectionPair.with { pair in
      let elsewhere = Elsewhere()
      for number in 0..<20 as Range<UInt64> {
        // Leaves this task on the loop's thread, until it next has to be resumed.
        #expect(await !pair.near.isEnding)
        let single = try await pair.near.call(PromptMethods.echo, Blob(number))
        #expect(single == Blob(number))
        #expect(await !pair.near.isEnding)
        let batch = try await pair.near.call(PromptMethods.echo, all: [Blob(number)])
        #expect(batch == [.success(Blob(number))])
        let isAlike = try await elsewhere.call(pair.near, number)
        #expect(isAlike)
      }
    }
  }
}

private actor Elsewhere {
  func call(_ connection: Connection, _ number: UInt64) async throws -> Bool {
    _ = await connection.isEnding
    let single = try await connection.call(PromptMethods.echo, Blob(number))
    _ = await connection.isEnding
    let batch = try await connection.call(PromptMethods.echo, all: [Blob(number)])
    assertIsolated()
    return [.success(single)] == batch
  }
}
