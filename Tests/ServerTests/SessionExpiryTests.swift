// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Testing

/// Sessions that nobody uses any more, with a clock that moves when a test says so.
@Suite struct SessionExpiryTests {
  private static func world(
    _ change: (inout ExpirySettings) -> Void = { _ in }
  ) -> World {
    var settings = SessionSettings()
    change(&settings.expiry)
    return World(settings: settings)
  }

  private func request(
    idle: String? = nil, ttl: String? = nil, heartbeat: Int32 = 0
  ) -> SessionRequest {
    var request = SessionRequest()
    request.kind = .one(.pyspark)
    request.idleTimeout = idle
    request.ttl = ttl
    request.heartbeatTimeoutSeconds = heartbeat
    return request
  }

  private func causes(_ world: World, _ id: SessionID) async -> [SessionExpiry.Cause] {
    await world.directory.snapshot(.id(id))?.expiries.map(\.cause) ?? []
  }

  @Test(
    "A session whose time is over is ended in good order and removed, and nothing is left",
    arguments: SessionExpiry.Cause.allCases)
  func expires(_ cause: SessionExpiry.Cause) async throws {
    let world = Self.world { $0.ageMax = .seconds(3_600) }
    let limit: Duration = .seconds(20)
    let asked =
      switch cause {
      case .idle: request(idle: "20s")
      case .age: request(ttl: "20s")
      case .heartbeat: request(heartbeat: 20)
      }
    let (id, driver) = try await world.ready(asked)
    #expect(await causes(world, id).first == cause)
    world.clock.advance(by: limit - .milliseconds(1))
    await world.directory.expire([.idle, .age, .heartbeat])
    #expect(await world.state(id) == .idle)

    world.clock.advance(by: .milliseconds(1))
    let others = Set(SessionExpiry.Cause.allCases).subtracting([cause])
    await world.directory.expire(others)
    #expect(await world.state(id) == .idle, "nobody asked for this cause")

    await world.directory.expire([cause])
    #expect(await world.directory.snapshot(.id(id)) == nil)
    #expect(driver.ends == 1)
    #expect(world.nothingIsLeft)
    #expect(try await world.store.sessions().isEmpty)
  }

  @Test("While it ends it shows why, and is killed in the end")
  func reason() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    let (id, driver) = try await world.ready(request(idle: "20s"))
    let gate = world.script.hang(.endSession)
    world.clock.advance(by: .seconds(20))
    async let swept: Void = world.directory.sweep()
    try await eventually("it is asked to end") { driver.ends == 1 }
    let ending = try #require(await world.directory.snapshot(.id(id)))
    #expect(ending.state == .shuttingDown)
    #expect(ending.reason == "The session was ended because nobody used it for 20.0 seconds.")
    #expect(ending.expiries == [])
    gate.open(nil)
    await swept
    #expect(await world.state(id) == nil)
    #expect(SessionEnd.expired(.idle, .seconds(20)).state == .killed)
  }

  @Test("Whatever a client does with a session keeps it from being idle; looking does not")
  func use() async throws {
    let world = Self.world()
    let (id, driver) = try await world.ready(request(idle: "20s"))
    let uses: [() async throws -> Void] = [
      { _ = try await world.directory.connect(.id(id)) },
      { _ = try await world.directory.submit("1", kind: nil, to: .id(id)) },
      { await world.directory.note(.use, of: .id(id)) },
      {
        driver.emit(.started(StatementID(0), atMilliseconds: 1))
        try await eventually("it runs") { try await world.statement(0, id)?.state == .running }
      },
      {
        driver.emit(.finished(StatementID(0), .success([]), atMilliseconds: 2))
        try await eventually("it is over") { try await world.statement(0, id)?.isFinished == true }
      },
    ]
    for use in uses {
      world.clock.advance(by: .seconds(19))
      try await use()
      await world.directory.sweep()
      #expect(await world.state(id) != nil)
    }
    world.clock.advance(by: .seconds(19))
    _ = await world.directory.snapshot(.id(id))
    _ = try await world.directory.statements(of: .id(id))
    await world.directory.note(.heartbeat, of: .id(id))
    world.clock.advance(by: .seconds(1))
    await world.directory.sweep()
    #expect(await world.state(id) == nil)
  }

  @Test("Heartbeats keep a session whose client asked to be watched")
  func heartbeats() async throws {
    let world = Self.world()
    let (id, driver) = try await world.ready(request(heartbeat: 20))
    for _ in 0..<3 {
      world.clock.advance(by: .seconds(19))
      await world.directory.note(.heartbeat, of: .id(id))
      await world.directory.expire([.heartbeat])
      #expect(await world.state(id) == .idle)
    }
    // The driver's work is no sign of the client.
    world.clock.advance(by: .seconds(19))
    driver.emit(.state(.busy))
    try await world.reaches(.busy, id)
    world.clock.advance(by: .seconds(1))
    await world.directory.expire([.heartbeat])
    #expect(await world.state(id) == nil)
  }

  @Test("A session in its start is not idle; its idle time begins when it is ready")
  func start() async throws {
    let world = Self.world()
    let gate = world.script.hang(.ping)
    let created = try await world.directory.create(request(idle: "20s"))
    try await eventually("it is pinged") { world.script.hasReached(.ping) }
    world.clock.advance(by: .seconds(60))
    await world.directory.sweep()
    #expect(await world.state(created.id) == .starting)
    gate.open(nil)
    let driver = try #require(world.rendezvous.driver(created.uuid))
    driver.emit(.state(.idle))
    try await world.reaches(.idle, created.id)
    await world.directory.sweep()
    #expect(await world.state(created.id) == .idle)
    #expect(await causes(world, created.id) == [.idle])
    await world.directory.shutDown(within: .zero)
  }

  @Test(
    "A long statement does not keep a session, unless the settings spare busy ones",
    arguments: [ExpirySettings.BusySessions.end, .spare])
  func busy(_ busySessions: ExpirySettings.BusySessions) async throws {
    let world = Self.world { $0.busySessions = busySessions }
    let (id, driver) = try await world.ready(request(idle: "20s"))
    _ = try await world.directory.submit("1", kind: nil, to: .id(id))
    driver.emit(.state(.busy), .started(StatementID(0), atMilliseconds: 1))
    try await eventually("it runs") { try await world.statement(0, id)?.state == .running }
    world.clock.advance(by: .seconds(20))
    await world.directory.sweep()
    #expect(await world.state(id) == (busySessions == .spare ? .busy : nil))
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test("Many expired sessions end at once, not one after the other")
  func manyAtOnce() async throws {
    let world = Self.world()
    var drivers: [ScriptedDriver] = []
    for _ in 0..<20 { drivers.append(try await world.ready(request(idle: "20s")).1) }
    let gate = world.script.hang(.endSession)
    world.clock.advance(by: .seconds(20))
    async let swept: Void = world.directory.sweep()
    try await eventually("all are asked") { drivers.allSatisfy { $0.ends == 1 } }
    gate.open(nil)
    await swept
    #expect(try await world.store.sessions().isEmpty)
    #expect(world.nothingIsLeft)
  }

  @Test(
    "A DELETE that comes while a session expires learns that it ends already, and then that it is gone"
  )
  func deleteRaces() async throws {
    let world = Self.world()
    let (id, driver) = try await world.ready(request(idle: "20s"))
    let gate = world.script.hang(.endSession)
    world.clock.advance(by: .seconds(20))
    async let swept: Void = world.directory.sweep()
    try await eventually("it is asked to end") { driver.ends == 1 }
    try await eventually("the directory ends it") {
      do throws(LivyError) {
        try await world.directory.end(.id(id))
        return false
      } catch {
        return error.message == "Session 0 already stopped."
      }
    }
    gate.open(nil)
    await swept
    let gone = await #expect(throws: LivyError.self) { try await world.directory.end(.id(id)) }
    #expect(gone?.message == "Session '0' not found.")
    #expect(driver.ends == 1)
  }

  @Test("Both looks come by themselves, until the server stops")
  func byItself() async throws {
    let world = Self.world()
    try await world.directory.recover()
    let (idle, _) = try await world.ready(request(idle: "20s"))
    let (silent, _) = try await world.ready(request(heartbeat: 20))
    let (used, _) = try await world.ready(request(idle: "2h", heartbeat: 7_200))
    try await eventually("both are gone") {
      world.clock.advance(by: .seconds(60))
      let (one, other) = (await world.state(idle), await world.state(silent))
      return one == nil && other == nil
    }
    #expect(await world.state(used) == .idle)
    await world.directory.shutDown(within: .zero)
    try await eventually("no task sleeps any more") { world.clock.sleepers == 0 }
  }

  @Test("Signs of unknown and former sessions are passed over")
  func unknown() async throws {
    let store = MemoryStateStore()
    let world = World(store: store)
    await world.directory.note(.use, of: .id(SessionID(9)))
    await world.directory.note(.heartbeat, of: .name("nobody"))
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.connect(.id(SessionID(9)))
    }
    #expect(error?.code == .notFound)
  }
}

extension World {
  /// A new session as asked for that is idle, and its driver.
  fileprivate func ready(_ request: SessionRequest) async throws -> (SessionID, ScriptedDriver) {
    let created = try await directory.create(request)
    try await eventually("the driver is connected") { rendezvous.driver(created.uuid) != nil }
    let driver = try #require(rendezvous.driver(created.uuid))
    driver.emit(.state(.starting), .state(.idle))
    try await reaches(.idle, created.id)
    return (created.id, driver)
  }
}
