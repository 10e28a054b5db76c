// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Synchronization
internal import Testing

@Suite struct SessionPoolTests {
  static func world(
    size: Int = 1, store: any StateStore = MemoryStateStore(), after former: World? = nil
  ) -> World {
    var settings = SessionSettings()
    settings.pool.size = size
    return World(store: store, settings: settings, after: former)
  }

  static func request(_ owner: String? = nil, name: String? = nil) -> SessionRequest {
    var request = SessionRequest()
    request.kind = .one(.pyspark)
    request.owner = owner
    request.name = name
    return request
  }

  /// Brings every driver of the pool, and no session's, to idle.
  static func fill(_ world: World, _ count: Int = 1) async throws {
    try await eventually("\(count) drivers are ready") {
      await world.directory.tendPool()
      for order in world.launcher.orders {
        guard let driver = world.rendezvous.driver(order.tag), driver.lastEvent == 0 else {
          continue
        }
        driver.emit(.state(.starting), .state(.idle))
      }
      return await world.directory.figures().pooledReady == count
    }
  }

  /// A first session that makes the profile known, then a driver for the second.
  static func warm(_ world: World, _ owner: String? = nil) async throws -> SessionSnapshot {
    let first = try await world.directory.create(request(owner))
    try await eventually("its driver is connected") {
      world.rendezvous.driver(first.uuid) != nil
    }
    world.rendezvous.driver(first.uuid)?.emit(.state(.starting), .state(.idle))
    try await world.reaches(.idle, first.id)
    try await fill(world)
    return first
  }

  @Test("The second session is idle when it is answered, and runs statements on the pool's driver")
  func taken() async throws {
    let world = Self.world()
    let first = try await Self.warm(world)
    #expect(await world.directory.snapshots(from: 0, size: 10).total == 1)
    let waiting = try #require(world.launcher.orders.last)
    #expect(waiting.tag != first.uuid)

    let second = try await world.directory.create(Self.request(name: "etl"))
    #expect(second.state == .idle)
    #expect(second.uuid == waiting.tag)
    #expect(second.id > first.id)
    #expect(second.request.name == "etl")
    #expect(second.phases.map(\.phase) == [.ready])
    #expect(world.launcher.orders.count == 2)
    #expect(await world.directory.snapshot(.name("etl"))?.id == second.id)

    let driver = try #require(world.rendezvous.driver(second.uuid))
    let statement = try await world.directory.submit("1+1", kind: nil, to: .id(second.id))
    #expect(statement.id == StatementID(0))
    try await eventually("it is sent") { driver.requests.map(\.code) == ["1+1"] }
    driver.run(0)
    try await eventually("it is over") {
      try await world.statement(0, second.id)?.state == .available
    }
    // What the pool had heard is not told again, and the pool writes no more.
    #expect(driver.watchedAfter == 2)
    let records = try await world.store.sessions()
    #expect(records.map(\.id) == [first.id, second.id])
    try await world.directory.end(.id(second.id))
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
    #expect(try await world.store.sessions().map(\.id) == [first.id])
  }

  @Test("Another owner starts a driver of his own")
  func owners() async throws {
    let world = Self.world()
    _ = try await Self.warm(world, "ann")
    let waiting = try #require(world.launcher.orders.last).tag
    let other = try await world.directory.create(Self.request("bob"))
    #expect(other.state == .starting)
    #expect(other.uuid != waiting)
    let nobody = try await world.directory.create(Self.request(nil))
    #expect(nobody.uuid != waiting)
    #expect(try await world.directory.create(Self.request("ann")).uuid == waiting)
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test("Of twenty who ask at once for one driver one gets it; the others start in the usual way")
  func race() async throws {
    let world = Self.world()
    _ = try await Self.warm(world)
    let waiting = try #require(world.launcher.orders.last).tag
    let made = try await withThrowingTaskGroup(of: SessionSnapshot.self) { group in
      for _ in 0..<20 { group.addTask { try await world.directory.create(Self.request()) } }
      return try await group.reduce(into: [SessionSnapshot]()) { $0.append($1) }
    }
    #expect(made.count { $0.uuid == waiting } == 1)
    #expect(made.count { $0.state == .idle } == 1)
    #expect(Set(made.map(\.uuid)).count == 20)
    #expect(Set(made.map(\.id)).count == 20)
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test(
    "A request whose files nobody can vouch for, or whose conf has changed, gets no waiting driver")
  func stamps() async throws {
    let world = Self.world()
    _ = try await Self.warm(world)
    let waiting = try #require(world.launcher.orders.last).tag
    world.launcher.stamp.withLock { $0 = nil }
    #expect(try await world.directory.create(Self.request()).uuid != waiting)
    world.launcher.stamp.withLock { $0 = LaunchStamp("changed") }
    #expect(try await world.directory.create(Self.request()).uuid != waiting)
    try await eventually("the driver with the old conf is ended") {
      await world.directory.tendPool()
      return world.launcher.application(waiting)?.lives == false
    }
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test("A driver that dies in the pool is replaced; nothing of it stays")
  func death() async throws {
    let world = Self.world()
    let first = try await Self.warm(world)
    let waiting = try #require(world.launcher.orders.last).tag
    world.launcher.application(waiting)?.end(.signal(9))
    world.rendezvous.driver(waiting)?.cut()
    try await eventually("another one is started") {
      await world.directory.tendPool()
      return world.launcher.orders.count == 3
    }
    try await Self.fill(world)
    let next = try await world.directory.create(Self.request())
    #expect(next.state == .idle)
    #expect(next.uuid != waiting)
    try await eventually("its record is gone") {
      try await world.store.sessions().map(\.id) == [first.id, next.id]
    }
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test("A taken session outlives its server; a driver of the pool is killed by the next one")
  func restart() async throws {
    let world = Self.world()
    _ = try await Self.warm(world)
    let taken = try await world.directory.create(Self.request())
    try await Self.fill(world)
    let waiting = try #require(world.launcher.orders.last).tag
    #expect(waiting != taken.uuid)
    // The driver has forgotten what was acknowledged: the next server has to ask for what follows.
    let acknowledged = try await world.store.journal(of: taken.id).lastEvent
    #expect(acknowledged > 0)

    let next = Self.world(after: world)
    try await next.directory.recover()
    #expect(world.launcher.application(waiting)?.lives == false)
    #expect(world.launcher.application(taken.uuid)?.lives == true)
    #expect(next.rendezvous.readmissions.withLock { $0.map(\.uuid).contains(taken.uuid) })
    #expect(!next.rendezvous.readmissions.withLock { $0.map(\.uuid).contains(waiting) })
    try await next.reaches(.idle, taken.id)
    let listed = await next.directory.snapshots(from: 0, size: 10)
    #expect(listed.page.map(\.id) == [SessionID(0), taken.id])
    #expect(try await next.store.sessions().map(\.id) == [SessionID(0), taken.id])
    let new = try await next.directory.create(Self.request())
    #expect(new.id > taken.id)
    await next.directory.shutDown(within: .zero)
  }

  @Test(
    "A name in use is refused, and the driver waits on; a store that fails leaves nothing running")
  func refusals() async throws {
    let store = ScriptedStore()
    let world = Self.world(store: store)
    let first = try await Self.warm(world)
    let waiting = try #require(world.launcher.orders.last).tag
    await #expect(throws: LivyError.self) {
      try await world.directory.create(Self.request(name: "7"))
    }
    #expect(world.launcher.application(waiting)?.lives == true)
    #expect(await world.directory.figures().pooledReady == 1)
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.create(Self.request())
    }
    #expect(error?.code == .store)
    #expect(world.launcher.application(waiting)?.lives == false)
    #expect(!world.rendezvous.remembered.contains(waiting))
    #expect(await world.directory.snapshots(from: 0, size: 10).page.map(\.id) == [first.id])
    store.failing.withLock { $0 = false }
    await world.directory.shutDown(within: .zero)
    #expect(world.nothingIsLeft)
  }

  @Test("A server that stops ends what waits and what is about to")
  func stop() async throws {
    let world = Self.world(size: 2)
    _ = try await Self.warm(world)
    let gate = world.script.hang(.launch)
    let tending = Task { await world.directory.tendPool() }
    try await eventually("the second one is starting") {
      await world.directory.figures().pooledStarting == 1
    }
    let stopping = Task { await world.directory.shutDown(within: .zero) }
    gate.open(nil)
    await stopping.value
    await tending.value
    #expect(world.nothingIsLeft)
    #expect(try await world.store.sessions().map(\.id) == [SessionID(0)])
  }
}
