// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Synchronization
internal import Testing

@Suite struct SessionDirectoryTests {
  // MARK: Names and numbers

  @Test("Bad names and names in use are refused with Livy's words, after the number is used up")
  func names() async throws {
    let world = World()
    func refusal(_ name: String) async -> LivyError? {
      await #expect(throws: LivyError.self) { try await world.create(name: name) }
    }
    #expect(try await world.create(name: "etl").id == SessionID(0))
    #expect(await refusal("etl")?.message == "Duplicate session name: Some(etl) for session 1")
    #expect(await refusal("")?.message == "Invalid session name: ")
    #expect(await refusal("0123")?.message == "Invalid session name: 0123")
    #expect(await refusal("7")?.code == .invalidRequest)
    for name in ["-1", " ", "my etl", "1a", "Etl"] { _ = try await world.create(name: name) }
    #expect(try await world.create().id == SessionID(10))
    #expect(await world.directory.snapshot(.name("my etl"))?.id == SessionID(7))
    #expect(await world.directory.snapshot(.name("0")) == nil)
    try await world.directory.end(.name("etl"))
    #expect(try await world.create(name: "etl").id == SessionID(11))
    await world.directory.shutDown(within: .zero)
  }

  @Test("Of a hundred creations with one name one wins")
  func nameRace() async throws {
    let world = World()
    let won = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<100 {
        group.addTask { (try? await world.create(name: "one")) != nil }
      }
      return await group.reduce(0) { $1 ? $0 + 1 : $0 }
    }
    #expect(won == 1)
    await world.directory.shutDown(within: .zero)
  }

  @Test("Pages are in order of creation; one past the end is empty")
  func pages() async throws {
    let world = World()
    for _ in 0..<5 { _ = try await world.create() }
    func page(_ from: Int, _ size: Int) async -> [Int32] {
      let (total, page) = await world.directory.snapshots(from: from, size: size)
      #expect(total == 5)
      return page.map(\.id.number)
    }
    #expect(await page(0, 100) == [0, 1, 2, 3, 4])
    #expect(await page(1, 2) == [1, 2])
    #expect(await page(4, .max) == [4])
    #expect(await page(5, 1) == [])
    #expect(await page(.max, .max) == [])
    #expect(await page(-3, 1) == [0])
    #expect(await page(.min, -1) == [])
    await world.directory.shutDown(within: .zero)
  }

  @Test("The log has Livy's layout")
  func log() async throws {
    var settings = SessionSettings()
    settings.snapshotLogLines = 3
    let world = World(settings: settings)
    let (id, _) = try await world.ready()
    #expect(await world.directory.log(.id(id)) == ["stdout: ", "\nstderr: "])
    let application = try #require(await world.application(id))
    application.write(standardError: ["a", "b", "c", "d"])
    #expect(await world.directory.log(.id(id)) == ["stdout: ", "\nstderr: ", "a", "b", "c", "d"])
    #expect(await world.directory.snapshot(.id(id))?.log == ["b", "c", "d"])
    await world.directory.shutDown(within: .zero)
  }

  // MARK: Limits

  @Test(
    "Of more creations than slots exactly as many start, and a slot comes back when a start is over"
  )
  func startLimit() async throws {
    var settings = SessionSettings()
    settings.startingMax = 8
    let world = World(settings: settings)
    let gate = world.script.hang(.enrol)
    let errors = await withTaskGroup(of: LivyError?.self) { group in
      for _ in 0..<50 {
        group.addTask {
          do {
            _ = try await world.create()
            return nil
          } catch {
            return error as? LivyError
          }
        }
      }
      return await group.reduce(into: [LivyError?]()) { $0.append($1) }
    }
    #expect(errors.filter { $0 == nil }.count == 8)
    #expect(errors.compactMap { $0 }.allSatisfy { $0.code == .tooMany })
    #expect(
      errors.compactMap { $0 }.first?.message
        == "Rejected, too many sessions are being created!")
    try await world.directory.end(.id(SessionID(0)))
    _ = try await world.create()
    gate.open(nil)
    try await eventually("all starts are over") { (try? await world.create()) != nil }
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test("A refused name gives its slot back")
  func refusedSlot() async throws {
    var settings = SessionSettings()
    settings.startingMax = 1
    let world = World(settings: settings)
    for _ in 0..<3 {
      let error = await #expect(throws: LivyError.self) { try await world.create(name: "1") }
      #expect(error?.code == .invalidRequest)
    }
    _ = try await world.create()
    await world.directory.shutDown(within: .zero)
  }

  @Test("The directory is full at its limit")
  func sessionLimit() async throws {
    var settings = SessionSettings()
    settings.sessionsMax = 2
    let world = World(settings: settings)
    for _ in 0..<2 { _ = try await world.ready() }
    let error = await #expect(throws: LivyError.self) { try await world.create() }
    #expect(error?.code == .tooMany)
    await world.directory.shutDown(within: .zero)
  }

  @Test("A hundred sessions at once start, run a statement each, and end")
  func hundred() async throws {
    let world = World()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 {
        group.addTask {
          let (id, driver) = try await world.ready()
          _ = try await world.directory.submit("1", kind: nil, to: .id(id))
          driver.run(0, "\(id)")
          try await eventually("it is done") {
            try await world.statement(0, id)?.output == .success([.plain("\(id)")])
          }
        }
      }
      try await group.waitForAll()
    }
    let (total, page) = await world.directory.snapshots(from: 0, size: 1_000)
    #expect(total == 100)
    #expect(page.map(\.id.number) == Array(0..<100))
    #expect(page.allSatisfy { $0.state == .idle })
    #expect(Set(page.map(\.uuid)).count == 100)
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  // MARK: Age

  @Test("Finished sessions are removed when their time is over, live ones stay")
  func sweep() async throws {
    let world = World()
    try await world.directory.recover()
    let (live, _) = try await world.ready()
    world.script.set(.ping, .failure(LivyError(.driverRefused, "no")))
    let failed = try await world.create(name: "f").id
    try await world.reaches(.error, failed)
    world.clock.advance(by: .milliseconds(599_999))
    await world.directory.sweep()
    #expect(await world.state(failed) == .error)
    world.clock.advance(by: .milliseconds(1))
    await world.directory.sweep()
    #expect(await world.state(failed) == nil)
    #expect(await world.directory.snapshot(.name("f")) == nil)
    #expect(await world.state(live) == .idle)
    #expect(try await world.store.sessions().map(\.id) == [live])
    await world.directory.shutDown(within: .zero)
  }

  @Test("The sweep runs by itself, until the server stops")
  func sweeper() async throws {
    let world = World()
    try await world.directory.recover()
    world.script.set(.launch, .failure(LivyError(.launchFailed, "no")))
    let failed = try await world.create().id
    try await world.reaches(.error, failed)
    try await eventually("it is swept") {
      world.clock.advance(by: .seconds(60))
      return await world.state(failed) == nil
    }
    await world.directory.shutDown(within: .zero)
    try await eventually("no task sleeps any more") { world.clock.sleepers == 0 }
  }

  @Test("A session whose interpreter failed is ended and removed after the same time")
  func sweepInterpreterError() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    driver.emit(.state(.error))
    try await world.reaches(.error, id)
    world.script.set(.endSession, .failure(LivyError(.driverRefused, "no")))
    world.clock.advance(by: .seconds(600))
    await world.directory.sweep()
    #expect(await world.state(id) == nil)
    #expect(world.nothingIsLeft)
  }

  // MARK: Restart

  @Test("After a restart former live sessions are dead with the reason, finished ones as they were")
  func restart() async throws {
    let store = MemoryStateStore()
    let first = World(store: store)
    let (live, _) = try await first.ready()
    first.script.set(.launch, .failure(LivyError(.launchFailed, "no Java")))
    let failed = try await first.create(name: "f").id
    try await first.reaches(.error, failed)
    try await eventually("it is saved") {
      try await store.sessions().last?.finishedMilliseconds != nil
    }
    // The first server is killed: it says nothing more.
    let second = World(store: store)
    try await second.directory.recover()
    let dead = try #require(await second.directory.snapshot(.id(live)))
    #expect(dead.state == .dead)
    #expect(dead.reason?.contains("The server was restarted") == true)
    #expect(dead.request.kind == .one(.pyspark))
    #expect(dead.log.last == dead.reason)
    let old = try #require(await second.directory.snapshot(.name("f")))
    #expect(old.state == .error)
    #expect(old.reason?.contains("no Java") == true)
    #expect(try await store.sessions().map(\.state) == [.dead, .error])
    for reference in [SessionReference.id(live), .id(failed)] {
      let refused = await #expect(throws: LivyError.self) {
        try await second.directory.submit("1", kind: nil, to: reference)
      }
      #expect(refused?.code == .notActive)
    }
    let next = try await second.create()
    #expect(next.id == SessionID(2))
    let duplicate = await #expect(throws: LivyError.self) { try await second.create(name: "f") }
    #expect(duplicate?.message == "Duplicate session name: Some(f) for session 3")
    try await second.directory.end(.id(live))
    #expect(await second.state(live) == nil)
    #expect(try await store.sessions().map(\.id.number) == [1, 2])
    await first.directory.shutDown(within: .zero)
    await second.directory.shutDown(within: .zero)
  }

  @Test("Retention goes on counting over a restart")
  func retentionOverRestart() async throws {
    let store = MemoryStateStore()
    let world = World(store: store)
    var random = SystemRandomNumberGenerator()
    var old = SessionRecord(
      id: SessionID(3), uuid: SessionUUID(using: &random), attempt: 1,
      request: SessionRequest(), state: .killed, createdMilliseconds: 0)
    old.finishedMilliseconds = 1_000_000 - 599_000
    try await store.save(old)
    try await world.directory.recover()
    await world.directory.sweep()
    #expect(await world.state(SessionID(3)) == .killed)
    world.clock.advance(by: .seconds(1))
    await world.directory.sweep()
    #expect(await world.state(SessionID(3)) == nil)
    #expect(try await store.sessions().isEmpty)
    await world.directory.shutDown(within: .zero)
  }

  // MARK: Stop

  @Test("A stop ends all sessions in every phase, refuses new ones, and leaves nothing")
  func shutDown() async throws {
    let store = MemoryStateStore()
    let world = World(store: store)
    let (ready, driver) = try await world.ready()
    _ = try await world.directory.submit("1", kind: nil, to: .id(ready))
    var gates: [Gate<LivyError?>] = []
    for step in [Script.Step.launch, .enrol, .connect, .ping] {
      gates.append(world.script.hang(step))
      _ = try await world.create()
      try await eventually("it hangs") { world.script.hasReached(step) }
    }
    world.script.set(.endSession, .failure(LivyError(.driverRefused, "no")))
    async let stopped: Void = world.directory.shutDown(within: .seconds(5))
    try await eventually("new ones are refused") {
      do {
        _ = try await world.create()
        return false
      } catch let error as LivyError {
        return error.code == .notActive
      }
    }
    for gate in gates { gate.open(nil) }
    await stopped
    #expect(driver.ends == 1)
    #expect(world.nothingIsLeft)
    #expect(try await store.sessions().allSatisfy { $0.state.isFinished })
    #expect(
      await world.directory.snapshot(.id(ready))?.reason?.contains("server was stopped") == true)
    #expect(world.clock.sleepers == 0, "no task of ours is left")
  }

  @Test("A creation that waits for its number when the server stops is refused")
  func shutDownBeforeNumber() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    let gate = Gate<Void>()
    store.numberGate.withLock { $0 = gate }
    let creation = Task { try await world.create() }
    try await eventually("it waits for its number") { gate.hasWaiters }
    await world.directory.shutDown(within: .zero)
    gate.open()
    let error = await #expect(throws: LivyError.self) { try await creation.value }
    #expect(error?.code == .notActive)
    #expect(world.launcher.orders.isEmpty)
  }

  @Test("A stop that races with creations leaves nothing", arguments: 0..<20)
  func shutDownRace(_ turns: Int) async throws {
    let world = World()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { _ = try? await world.create() } }
      group.addTask {
        for _ in 0..<(turns * 3) { await Task.yield() }
        await world.directory.shutDown(within: .zero)
      }
    }
    #expect(world.nothingIsLeft)
    let (_, page) = await world.directory.snapshots(from: 0, size: 100)
    #expect(page.allSatisfy { $0.state == .dead })
  }
}
