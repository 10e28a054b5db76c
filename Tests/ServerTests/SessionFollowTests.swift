// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Synchronization
internal import Testing

@Suite struct SessionFollowTests {
  private static let first = StatementID(0)

  /// All events after `number` until one of them is `last`.
  private static func events(
    of follower: SessionFollower, after number: UInt64, until last: SessionEvent.What
  ) async throws -> [SessionEvent.What] {
    var seen = number
    var all: [SessionEvent.What] = []
    while all.last != last {
      let page = await follower.events(after: seen, within: .seconds(60))
      try #require(!page.events.isEmpty || !page.isLast, "it is over: \(all)")
      all += page.events.map(\.what)
      seen = page.events.last?.number ?? seen
    }
    return all
  }

  @Test("A follower hears all that happens, idle before the end of the last statement")
  func whole() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    let follower = try await world.directory.follow(.id(id))
    let standing = await follower.standing()
    #expect(standing.state == .idle && standing.run == 1)
    _ = try await world.directory.submit("x", kind: nil, to: .id(id))
    driver.emit(
      .state(.busy), .started(Self.first, atMilliseconds: 5),
      .printed(Self.first, offset: 0, text: "hello\n"), .progress(Self.first, fraction: 0.5))
    driver.emit(.state(.idle))
    driver.emit(.finished(Self.first, .success([.plain("hello")]), atMilliseconds: 9))
    let end = SessionEvent.What.statement(Self.first, .available)
    let heard = try await Self.events(of: follower, after: standing.last, until: end)
    #expect(
      heard == [
        .statement(Self.first, .waiting), .session(.busy), .statement(Self.first, .running),
        .printed(Self.first, offset: 0, text: "hello\n"), .progress(Self.first, fraction: 0.5),
        .session(.idle), end,
      ])
    await world.directory.shutDown(within: .zero)
  }

  @Test("What a statement prints after its end, or one that nobody knows, is passed over")
  func foreign() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("x", kind: nil, to: .id(id))
    driver.run(0)
    driver.emit(
      .printed(Self.first, offset: 0, text: "late"), .printed(StatementID(9), offset: 0, text: "?"),
      .state(.error))
    let follower = try await world.directory.follow(.id(id))
    let heard = try await Self.events(of: follower, after: 0, until: .session(.error))
    #expect(!heard.contains { if case .printed = $0 { true } else { false } })
    await world.directory.shutDown(within: .zero)
  }

  @Test("A statement that holds the session is shown until its code has ended")
  func held() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("x", kind: nil, to: .id(id))
    driver.emit(.state(.busy), .started(Self.first, atMilliseconds: 5))
    driver.emit(
      .held(Self.first), .finished(Self.first, .cancelled(nil), atMilliseconds: 9))
    try await eventually("it is told") {
      try await world.statement(0, id)?.state == .cancelled
    }
    let snapshot = await world.directory.snapshot(.id(id))
    #expect(snapshot?.held == Self.first && snapshot?.state == .busy)
    driver.emit(.state(.idle))
    try await eventually("it is free") {
      await world.directory.snapshot(.id(id))?.held == nil
    }
    #expect(await world.state(id) == .idle)
    await world.directory.shutDown(within: .zero)
  }

  @Test("Who waits for a statement gets it at its end, or as it is when his time is over")
  func wait() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("x", kind: nil, to: .id(id))
    async let waited = world.directory.statement(
      Self.first, of: .id(id), endedWithin: .seconds(1_000))
    async let impatient = world.directory.statement(
      Self.first, of: .id(id), endedWithin: .milliseconds(500))
    let clock = world.clock
    let ticking = Task {
      while !Task.isCancelled {
        clock.advance(by: .milliseconds(250))
        await Task.yield()
      }
    }
    #expect(try await impatient?.state == .waiting)
    ticking.cancel()
    driver.run(0)
    #expect(try await waited?.state == .available)
    let again = try await world.directory.statement(
      Self.first, of: .id(id), endedWithin: .seconds(1_000))
    #expect(again?.state == .available, "at once")
    let unknown = try await world.directory.statement(
      StatementID(7), of: .id(id), endedWithin: .seconds(1_000))
    #expect(unknown == nil, "at once")
    await world.directory.shutDown(within: .zero)
  }

  @Test("Who posts and waits gets the statement with its end, or as it is when his time is over")
  func postAndWait() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    async let posted = world.directory.submit(
      "x", kind: nil, to: .id(id), endedWithin: .seconds(1_000))
    try await eventually("it is sent") { driver.requests.count == 1 }
    driver.run(0)
    #expect(try await posted.state == .available)
    async let impatient = world.directory.submit(
      "y", kind: nil, to: .id(id), endedWithin: .milliseconds(500))
    let clock = world.clock
    let ticking = Task {
      while !Task.isCancelled {
        clock.advance(by: .milliseconds(250))
        await Task.yield()
      }
    }
    #expect(try await impatient.state == .waiting)
    ticking.cancel()
    await world.directory.shutDown(within: .zero)
  }

  @Test("Who posts and waits is told at once that the store did not take the statement")
  func postToFullStore() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    let (id, driver) = try await world.ready()
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.submit("x", kind: nil, to: .id(id), endedWithin: .seconds(1_000))
    }
    #expect(error?.code == .store)
    #expect(try await world.directory.statements(of: .id(id)).isEmpty)
    store.failing.withLock { $0 = false }
    let next = try await world.directory.submit("y", kind: nil, to: .id(id))
    #expect(next.id == Self.first)
    try await eventually("it is sent") { driver.requests.map(\.code) == ["y"] }
    await world.directory.shutDown(within: .zero)
  }

  @Test("A server that stops answers who waits, and nobody waits after that")
  func noMoreWaits() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    let follower = try await world.directory.follow(.id(id))
    let before = await follower.standing().last
    async let page = follower.events(after: before, within: .seconds(1_000))
    async let posted = world.directory.submit(
      "x", kind: nil, to: .id(id), endedWithin: .seconds(1_000))
    try await eventually("it is sent") { driver.requests.count == 1 }
    async let waited = world.directory.statement(
      Self.first, of: .id(id), endedWithin: .seconds(1_000))
    await world.directory.endWaits()
    #expect(try await posted.state == .waiting)
    #expect(try await waited?.state == .waiting)
    _ = await page
    let later = await follower.events(after: .max, within: .seconds(1_000))
    #expect(later.events.isEmpty && later.isLast, "at once")
    await world.directory.shutDown(within: .zero)
  }

  @Test("Waiting ends with the waiter's own cancellation")
  func cancelled() async throws {
    let world = World()
    let (id, _) = try await world.ready()
    _ = try await world.directory.submit("x", kind: nil, to: .id(id))
    let wait = Task {
      try await world.directory.statement(Self.first, of: .id(id), endedWithin: .seconds(1_000))
    }
    wait.cancel()
    #expect(try await wait.value?.state == .waiting)
    await world.directory.shutDown(within: .zero)
  }

  @Test("The end of a session ends its followers; its statements stay readable as history")
  func end() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("x", kind: nil, to: .id(id))
    driver.run(0)
    try await eventually("it is done") { try await world.statement(0, id)?.isFinished == true }
    let follower = try await world.directory.follow(.id(id))
    let before = await follower.standing().last
    await world.directory.shutDown(within: .zero)
    var page = await follower.events(after: before, within: .seconds(60))
    while !page.isLast { page = await follower.events(after: before, within: .seconds(60)) }
    guard case .session(let last)? = page.events.last?.what else {
      Issue.record("heard \(page.events)")
      return
    }
    #expect(last.isFinished)
    await #expect(throws: LivyError.self) { try await world.directory.statements(of: .id(id)) }
    let history = try await world.directory.history(of: .id(id))
    #expect(history.map(\.state) == [.available])
    let past = try await world.directory.pastStatement(Self.first, of: .id(id))
    #expect(past?.output == history.first?.output)
  }
}
