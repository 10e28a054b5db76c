// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Synchronization
internal import Testing

/// Drivers that go away and come back, and servers that do.
@Suite struct SessionReturnTests {
  // MARK: A cut

  @Test("After a cut the driver is sent what it may not have, and is heard from where it was left")
  func cut() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("done", kind: nil, to: .id(id))
    driver.run(0)
    _ = try await world.directory.submit("runs", kind: nil, to: .id(id))
    driver.emit(.state(.busy), .started(StatementID(1), atMilliseconds: 5))
    try await eventually("it runs") { try await world.statement(1, id)?.state == .running }
    let gate = world.script.hang(.connect)
    world.script.standing.withLock { $0 = .busy }
    driver.cut()
    try await eventually("its return is waited for") { world.clock.sleepers > 0 }
    let away = try await world.directory.submit("came meanwhile", kind: nil, to: .id(id))
    #expect(away.id == StatementID(2))
    #expect(away.state == .waiting)
    #expect(await world.state(id) == .busy)
    gate.open(nil)
    let again = try await world.next(driver, of: id)
    try await eventually("it is sent") { again.requests.count == 2 }
    #expect(again.requests.map(\.code) == ["runs", "came meanwhile"])
    #expect(again.epochs == [1])
    try await eventually("it is heard") { again.watchedAfter == driver.lastEvent }
    again.emit(.finished(StatementID(1), .success([.plain("late")]), atMilliseconds: 9))
    again.run(2)
    try await eventually("all is done") {
      try await world.directory.statements(of: .id(id)).allSatisfy { $0.state == .available }
    }
    #expect(try await world.statement(1, id)?.output == .success([.plain("late")]))
    try await world.reaches(.idle, id)
    #expect(world.clock.sleepers == 0, "nobody waits any more")
    await world.directory.shutDown(within: .zero)
  }

  @Test("A process that ends while its driver is away ends the session, with the exit")
  func exitsMeanwhile() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = world.script.hang(.connect)
    driver.cut()
    try await eventually("its return is waited for") { world.clock.sleepers > 0 }
    await world.application(id)?.end(.status(3))
    try await world.reaches(.dead, id)
    let reason = await world.directory.snapshot(.id(id))?.reason
    #expect(reason?.contains("the connection was cut; the application ended with exit") == true)
    try await eventually("nothing is left") { world.nothingIsLeft }
  }

  @Test("A driver that is cut off before its ping came back is pinged again")
  func cutEarly() async throws {
    let world = World()
    let ping = world.script.hang(.ping)
    let created = try await world.create()
    try await eventually("the ping is out") { world.script.hasReached(.ping) }
    let driver = try #require(world.rendezvous.driver(created.uuid))
    driver.cut()
    let again = try await world.next(driver, of: created.id)
    ping.open(nil)
    again.emit(.state(.idle))
    try await world.reaches(.idle, created.id)
    await world.directory.shutDown(within: .zero)
  }

  @Test("A driver that is cut off again and again comes back again and again")
  func cutOften() async throws {
    let world = World()
    var (id, driver) = try await world.ready()
    for number in 0..<20 as Range<UInt64> {
      driver.cut()
      driver = try await world.next(driver, of: id)
      _ = try await world.directory.submit("\(number)", kind: nil, to: .id(id))
      driver.run(number)
      try await eventually("it is done") {
        try await world.statement(number, id)?.state == .available
      }
    }
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test("A driver that obeys another server by now ends the session here")
  func leaseIsOver() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    world.script.set(.attach, .failure(LivyError(.driverRefused, "the lease is over")))
    driver.cut()
    try await world.reaches(.dead, id)
    #expect(await world.directory.snapshot(.id(id))?.reason?.contains("the lease is over") == true)
  }

  @Test("DELETE while the driver is away kills, and leaves nothing")
  func endAway() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = world.script.hang(.connect)
    driver.cut()
    try await eventually("its return is waited for") { world.clock.sleepers > 0 }
    try await world.directory.end(.id(id))
    #expect(world.nothingIsLeft)
  }

  // MARK: The store

  @Test("A statement that cannot be kept is refused, not run, and its number is given again")
  func storeFails() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    let (id, driver) = try await world.ready()
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.submit("lost", kind: nil, to: .id(id))
    }
    #expect(error?.code == .store)
    store.failing.withLock { $0 = false }
    let kept = try await world.directory.submit("kept", kind: nil, to: .id(id))
    #expect(kept.id == StatementID(0))
    try await eventually("it is sent") { !driver.requests.isEmpty }
    #expect(driver.requests.map(\.code) == ["kept"])
    await world.directory.shutDown(within: .zero)
  }

  @Test("Events are shown at once, and acknowledged when the store has them")
  func eventsWait() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("1", kind: nil, to: .id(id))
    try await eventually("all so far is acknowledged") { driver.acknowledged == driver.lastEvent }
    let before = driver.acknowledged
    store.failing.withLock { $0 = true }
    driver.run(0)
    try await eventually("it is shown") { try await world.statement(0, id)?.state == .available }
    try await eventually("the store is tried again later") { world.clock.sleepers > 0 }
    #expect(driver.acknowledged == before)
    store.failing.withLock { $0 = false }
    try await eventually("it is acknowledged") {
      world.clock.advance(by: .seconds(1))
      return driver.acknowledged == driver.lastEvent
    }
    #expect(try await store.journal(of: id).statements.map(\.state) == [.available])
    await world.directory.shutDown(within: .zero)
  }

  // MARK: Another run of the server

  /// A server with an idle session that has a finished and a running statement, and the driver.
  private func crashed() async throws -> (World, SessionID, ScriptedDriver) {
    let first = World()
    first.rendezvous.address.withLock { $0 = DriverAddress(ip: "10.0.0.1", port: 7) }
    let (id, driver) = try await first.ready()
    for code in ["done", "runs"] {
      _ = try await first.directory.submit(code, kind: nil, to: .id(id))
    }
    driver.run(0)
    driver.emit(.state(.busy), .started(StatementID(1), atMilliseconds: 5))
    try await eventually("all is in the store") { driver.acknowledged == driver.lastEvent }
    try await eventually("it is known to be ready") {
      try await first.store.sessions().first?.phases.last?.phase == .ready
    }
    return (first, id, driver)
  }

  @Test("The next server goes on with the session under a higher lease, with all its statements")
  func restart() async throws {
    let (first, id, driver) = try await crashed()
    let second = World(after: first)
    second.rendezvous.formerEvents.withLock { $0 = driver.lastEvent }
    second.script.standing.withLock { $0 = .busy }
    let gate = second.script.hang(.connect)
    try await second.directory.recover()
    #expect(await second.state(id) == .recovering)
    let early = await #expect(throws: LivyError.self) {
      try await second.directory.submit("x", kind: nil, to: .id(id))
    }
    #expect(early?.message == "Session is in state recovering")
    #expect(try await second.statement(0, id)?.output == .success([.plain("ok")]))
    let readmission = try #require(second.rendezvous.readmissions.withLock { $0 }.first)
    #expect(readmission.epoch == 2)
    #expect(readmission.key.digest.hasPrefix("key of"))
    #expect(readmission.channel == .dialIn)
    #expect(readmission.address == DriverAddress(ip: "10.0.0.1", port: 7))
    #expect(try await first.store.sessions().first?.epoch == 2)
    gate.open(nil)
    let uuid = readmission.uuid
    try await eventually("the driver is there") { second.rendezvous.driver(uuid) != nil }
    let again = try #require(second.rendezvous.driver(uuid))
    try await second.reaches(.busy, id)
    try await eventually("it is sent what runs") { again.requests.map(\.code) == ["runs"] }
    #expect(again.requests.first?.epoch == 2)
    #expect(again.epochs == [2])
    again.emit(.state(.idle))
    again.emit(.finished(StatementID(1), .success([.plain("late")]), atMilliseconds: 9))
    try await second.reaches(.idle, id)
    #expect(await second.directory.snapshot(.id(id))?.sparkUIURL == "http://127.0.0.1:4040")
    #expect(try await second.directory.submit("x", kind: nil, to: .id(id)).id == StatementID(2))
    await second.directory.shutDown(within: .zero)
    #expect(second.nothingIsLeft)
  }

  @Test("A session whose process ended meanwhile, or whose driver never comes, is dead")
  func restartInVain() async throws {
    let (first, id, _) = try await crashed()
    await first.application(id)?.end(.status(0))
    let second = World(after: first)
    try await second.directory.recover()
    #expect(await second.state(id) == .dead)
    let (third, other, _) = try await crashed()
    let fourth = World(after: third)
    _ = fourth.script.hang(.connect)
    try await fourth.directory.recover()
    try await eventually("its driver is given up") {
      fourth.clock.advance(by: .seconds(60))
      return await fourth.state(other) == .dead
    }
    try await eventually("nothing is left") { fourth.nothingIsLeft }
  }

  @Test("A session that was starting at the crash is ended; so are all with recovery off")
  func restartWithoutRecovery() async throws {
    let first = World()
    _ = first.script.hang(.enrol)
    let created = try await first.create()
    try await eventually("it is submitted") { first.script.hasReached(.enrol) }
    let second = World(after: first)
    try await second.directory.recover()
    let early = try #require(await second.directory.snapshot(.id(created.id)))
    #expect(early.state == .dead)
    #expect(early.reason?.contains("while this session was starting") == true)
    #expect(second.nothingIsLeft)

    let (third, id, _) = try await crashed()
    var settings = SessionSettings()
    settings.recovery = .off
    let fourth = World(settings: settings, after: third)
    try await fourth.directory.recover()
    let ended = try #require(await fourth.directory.snapshot(.id(id)))
    #expect(ended.state == .dead)
    #expect(ended.reason?.contains("recovery is off") == true)
    #expect(fourth.nothingIsLeft)
  }
}

extension World {
  /// The driver at the end of the next channel of a session.
  fileprivate func next(_ driver: ScriptedDriver, of id: SessionID) async throws -> ScriptedDriver {
    let uuid = try #require(await directory.snapshot(.id(id))?.uuid)
    try await eventually("the driver is back") { rendezvous.driver(uuid) !== driver }
    return try #require(rendezvous.driver(uuid))
  }
}
