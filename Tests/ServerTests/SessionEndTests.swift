// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Synchronization
internal import Testing

/// Ends: asked for at any moment, raced with every step, and with the server.
@Suite struct SessionEndTests {
  @Test(
    "DELETE while a step runs leaves nothing, whether the step then goes on or fails",
    arguments: [Script.Step.expect, .launch, .enrol, .connect, .ping],
    [LivyError?.none, LivyError(.launchFailed, "failed late")])
  func deleteDuringStep(_ step: Script.Step, _ outcome: LivyError?) async throws {
    let world = World()
    let gate = world.script.hang(step)
    let created = try await world.create()
    try await eventually("the step has begun") { world.script.hasReached(step) }
    async let ended: Void = world.directory.end(.id(created.id))
    try await eventually("the end has begun") {
      let state = await world.state(created.id)
      return state == .shuttingDown || state == nil
    }
    gate.open(outcome)
    try await ended
    #expect(world.nothingIsLeft)
    #expect(await world.directory.snapshot(.id(created.id)) == nil)
    #expect(try await world.store.sessions().isEmpty)
  }

  @Test("DELETE that races with the whole start leaves nothing", arguments: 0..<50)
  func deleteRaces(_ turns: Int) async throws {
    let world = World()
    let created = try await world.create()
    for _ in 0..<turns { await Task.yield() }
    try await world.directory.end(.id(created.id))
    #expect(world.nothingIsLeft)
    #expect(try await world.store.sessions().isEmpty)
  }

  @Test(
    "DELETE does not wait for a launch that hangs; what it still brings is killed on arrival",
    arguments: [Script.Step.expect, .launch])
  func hangingLaunch(_ step: Script.Step) async throws {
    let world = World()
    let gate = world.script.hang(step)
    let created = try await world.create()
    try await eventually("the step has begun") { world.script.hasReached(step) }
    async let ended: Void = world.directory.end(.id(created.id))
    try await eventually("the step is waited for") {
      let state = await world.state(created.id)
      return state == .shuttingDown && world.clock.sleepers > 0
    }
    try await eventually("the end goes on") {
      world.clock.advance(by: .seconds(10))
      return await world.state(created.id) == nil
    }
    try await ended
    gate.open(nil)
    try await eventually("the step returned late") { world.rendezvous.preparations == 1 }
    if step == .launch {
      try await eventually("the process came") { !world.launcher.applications.isEmpty }
    }
    try await eventually("nothing is left") { world.nothingIsLeft }
  }

  @Test("A driver that ends in good order is asked once, and its process ends by itself")
  func orderlyEnd() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    let application = try #require(await world.application(id))
    let gate = world.script.hang(.endSession)
    async let ended: Void = world.directory.end(.id(id))
    try await eventually("it is asked") { driver.ends == 1 }
    #expect(await world.state(id) == .shuttingDown)
    #expect(application.lives, "it is not killed while it may end by itself")
    gate.open(nil)
    try await ended
    #expect(driver.ends == 1)
    #expect(await application.waitForExit() == .status(0))
    #expect(world.nothingIsLeft)
  }

  @Test("A driver that does not end is killed when its time is over")
  func disorderlyEnd() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = world.script.hang(.endSession)
    async let ended: Void = world.directory.end(.id(id))
    try await eventually("it is asked") { driver.ends == 1 && world.clock.sleepers > 0 }
    world.clock.advance(by: .seconds(10))
    try await ended
    #expect(world.nothingIsLeft)
  }

  @Test("A driver that refuses to end is killed at once")
  func refusedEnd() async throws {
    let world = World()
    let (id, _) = try await world.ready()
    world.script.set(.endSession, .failure(LivyError(.driverRefused, "no")))
    try await world.directory.end(.id(id))
    #expect(world.nothingIsLeft)
  }

  @Test("The second DELETE learns that the first is at it; the third that there is no session")
  func doubleDelete() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    let gate = world.script.hang(.endSession)
    async let ended: Void = world.directory.end(.id(id))
    try await eventually("it is asked") { driver.ends == 1 }
    let second = await #expect(throws: LivyError.self) { try await world.directory.end(.id(id)) }
    #expect(second?.code == .notFound)
    #expect(second?.message == "Session 0 already stopped.")
    gate.open(LivyError(.driverRefused, "no"))
    try await ended
    let third = await #expect(throws: LivyError.self) { try await world.directory.end(.id(id)) }
    #expect(third?.message == "Session '0' not found.")
  }

  @Test("A DELETE whose client goes away goes on")
  func cancelledDelete() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    let gate = world.script.hang(.endSession)
    let request = Task { try await world.directory.end(.id(id)) }
    try await eventually("it is asked") { driver.ends == 1 }
    request.cancel()
    gate.open(LivyError(.driverRefused, "no"))
    try await eventually("it is gone") { await world.state(id) == nil }
    #expect(world.nothingIsLeft)
  }

  @Test("DELETE of a session that failed waits until nothing of it is left")
  func deleteFailed() async throws {
    let world = World()
    world.script.set(.ping, .failure(LivyError(.driverRefused, "no")))
    let created = try await world.create(name: "again")
    try await world.reaches(.error, created.id)
    try await world.directory.end(.name("again"))
    #expect(world.nothingIsLeft)
    world.script.set(.ping, .success)
    #expect(try await world.create(name: "again").id == SessionID(1))
    await world.directory.shutDown(within: .seconds(1))
  }

  @Test("A record that cannot be removed keeps the session listed, and it can be removed again")
  func removalFails() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    let (id, _) = try await world.ready()
    world.script.set(.endSession, .failure(LivyError(.driverRefused, "no")))
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) { try await world.directory.end(.id(id)) }
    #expect(error?.code == .store)
    #expect(await world.state(id) == .killed)
    #expect(world.nothingIsLeft)
    store.failing.withLock { $0 = false }
    try await world.directory.end(.id(id))
    #expect(await world.state(id) == nil)
  }

  @Test("One that is stopped leaves nothing but its record, however often it is stopped")
  func stop() async throws {
    let world = World()
    let (id, _) = try await world.ready()
    try await world.directory.stop(.id(id))
    #expect(await world.state(id) == .killed)
    #expect(world.nothingIsLeft)
    try await world.directory.stop(.id(id))
    #expect(await world.state(id) == .killed)
    try await world.directory.end(.id(id))
    let error = await #expect(throws: LivyError.self) { try await world.directory.stop(.id(id)) }
    #expect(error?.code == .notFound)
  }

  @Test("A store that fails is told by the check of it")
  func storeCheck() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    try await world.directory.checkStore()
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) { try await world.directory.checkStore() }
    #expect(error?.code == .store)
  }

  // MARK: The end by itself

  @Test(
    "An application that ends by itself leaves a dead session, and results on their way arrive"
  )
  func exitsWhenReady() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("1", kind: nil, to: .id(id))
    _ = try await world.directory.submit("2", kind: nil, to: .id(id))
    let application = try #require(await world.application(id))
    application.write(standardError: ["bye"])
    application.end(.status(3))
    try await eventually("the farewell is waited for") { world.clock.sleepers > 0 }
    driver.run(0, "still came")
    try await eventually("it is here") {
      try await world.statement(0, id)?.state == .available
    }
    driver.cut()
    try await world.reaches(.dead, id)
    let past = try await world.directory.history(of: .id(id))
    #expect(past.first?.output == .success([.plain("still came")]))
    let lost = past.last
    guard case .failure(let failure) = lost?.output else {
      Issue.record("no failure: \(String(describing: lost))")
      return
    }
    #expect(failure.name == "DriverLost")
    let reason = await world.directory.snapshot(.id(id))?.reason
    #expect(reason == "The application ended by itself with exit status 3.\nLast log lines:\n  bye")
    try await eventually("nothing is left") { world.nothingIsLeft }
  }

  @Test(
    "A driver lost in a statement: it and waiting ones end in errors, the session is dead"
  )
  func lostInStatement() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    for code in ["0", "1", "2"] {
      _ = try await world.directory.submit(code, kind: nil, to: .id(id))
    }
    driver.run(0)
    driver.emit(.state(.busy), .started(StatementID(1), atMilliseconds: 7))
    try await eventually("it runs") { try await world.statement(1, id)?.state == .running }
    _ = world.script.hang(.connect)
    driver.cut()
    try await eventually("its return is waited for") { world.clock.sleepers > 0 }
    world.clock.advance(by: .seconds(60))
    try await world.reaches(.dead, id)
    let statements = try await world.directory.history(of: .id(id))
    #expect(statements.map(\.state) == [.available, .available, .available])
    #expect(statements[0].output == .success([.plain("ok")]))
    for (statement, words) in zip(statements.dropFirst(), ["ended while", "ended before"]) {
      guard case .failure(let failure) = statement.output else {
        Issue.record("no failure: \(statement)")
        continue
      }
      #expect(failure.name == "DriverLost")
      #expect(failure.value.contains(words))
      #expect(failure.value.contains("the connection was cut"))
      #expect(statement.progress == 1)
      #expect(statement.completedMilliseconds > 0)
    }
    try await eventually("nothing is left") { world.nothingIsLeft }
    let refused = await #expect(throws: LivyError.self) {
      try await world.directory.submit("3", kind: nil, to: .id(id))
    }
    #expect(refused?.code == .notActive)
    #expect(refused?.message == "Session is in state dead")
  }

  @Test("A driver that leaves out an event is not trusted any more")
  func gap() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    driver.emitRaw(DriverEvent(number: 99, what: .state(.busy)))
    try await world.reaches(.dead, id)
    let reason = await world.directory.snapshot(.id(id))?.reason
    #expect(reason?.contains("event 99 after event 2") == true)
    try await eventually("nothing is left") { world.nothingIsLeft }
  }
}
