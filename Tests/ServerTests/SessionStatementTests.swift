// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct SessionStatementTests {
  @Test("Statements reach the driver once, in order, whoever sends them")
  func order() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          let statement = try await world.directory.submit("\(number)", kind: nil, to: .id(id))
          #expect(statement.state == .waiting)
        }
      }
      try await group.waitForAll()
    }
    try await eventually("all are sent") { driver.requests.count == 200 }
    #expect(driver.requests.map(\.statement.number) == Array(0..<200))
    #expect(driver.requests.allSatisfy { $0.kind == .pyspark && $0.epoch == 1 })
    let statements = try await world.directory.statements(of: .id(id))
    #expect(statements.map(\.code) == driver.requests.map(\.code))
    await world.directory.shutDown(within: .zero)
  }

  @Test("Events are shown at once, and wait a moment for others before they are acknowledged")
  func gathering() async throws {
    let world = World(gathersEvents: true)
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("1+1", kind: nil, to: .id(id))
    driver.run(0)
    try await eventually("it is there") {
      try await world.statement(0, id)?.state == .available
    }
    #expect(driver.acknowledged < driver.lastEvent, "no time has passed")
    try await eventually("all is acknowledged") {
      world.clock.advance(by: SessionSettings().eventGatherTime)
      return driver.acknowledged == driver.lastEvent
    }
    await world.directory.shutDown(within: .zero)
  }

  @Test("A result is shown when it is there, is acknowledged, and the session is idle by then")
  func result() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    let statement = try await world.directory.submit("1+1", kind: nil, to: .id(id))
    #expect(statement.id == StatementID(0))
    #expect(await world.state(id) == .busy, "also before the driver says so")
    driver.emit(
      .state(.busy), .started(StatementID(0), atMilliseconds: 5),
      .progress(StatementID(0), fraction: 0.5))
    try await eventually("it runs") { try await world.statement(0, id)?.progress == 0.5 }
    #expect(try await world.statement(0, id)?.state == .running)
    driver.emit(.state(.idle))
    driver.emit(.finished(StatementID(0), .success([.plain("2")]), atMilliseconds: 9))
    try await eventually("it is there") {
      try await world.statement(0, id)?.state == .available
    }
    #expect(await world.state(id) == .idle)
    let done = try #require(try await world.statement(0, id))
    #expect(done.output == .success([.plain("2")]))
    #expect(done.progress == 1)
    #expect(done.startedMilliseconds == 5)
    #expect(done.completedMilliseconds == 9)
    try await eventually("all is acknowledged") { driver.acknowledged == driver.lastEvent }
    await world.directory.shutDown(within: .zero)
  }

  @Test("A session of any kind runs statements of every kind; its own is the default")
  func kinds() async throws {
    let world = World()
    let (id, _) = try await world.ready(.one(.sql))
    #expect(try await world.directory.submit("a", kind: nil, to: .id(id)).kind == .sql)
    for kind in StatementKind.allCases {
      #expect(try await world.directory.submit("a", kind: kind, to: .id(id)).kind == kind)
    }
    await world.directory.shutDown(within: .zero)
  }

  @Test("A shared session wants the kind, and a refusal uses no number up")
  func shared() async throws {
    let world = World()
    let (id, _) = try await world.ready(.shared)
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.submit("a", kind: nil, to: .id(id))
    }
    #expect(error?.code == .invalidRequest)
    #expect(error?.message == "Code type should be specified if session kind is shared")
    let statement = try await world.directory.submit("a", kind: .sql, to: .id(id))
    #expect(statement.id == StatementID(0))
    await world.directory.shutDown(within: .zero)
  }

  @Test("Line ends reach the driver as line feeds, and are shown as they were sent")
  func lineEnds() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("a\r\nb\rc\n\r\n", kind: nil, to: .id(id))
    try await eventually("it is sent") { driver.requests.count == 1 }
    #expect(driver.requests.first?.code == "a\nb\rc\n\n")
    #expect(try await world.statement(0, id)?.code == "a\r\nb\rc\n\r\n")
    await world.directory.shutDown(within: .zero)
  }

  @Test("A session that is not ready takes no statements and shows none")
  func notReady() async throws {
    let world = World()
    let ping = world.script.hang(.ping)
    let created = try await world.create()
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.submit("a", kind: nil, to: .id(created.id))
    }
    #expect(error?.code == .notActive)
    #expect(error?.message == "Session is in state starting")
    let list = await #expect(throws: LivyError.self) {
      try await world.directory.statements(of: .id(created.id))
    }
    #expect(list?.code == .notActive)
    #expect(list?.message == "requirement failed: Session isn't active.")
    ping.open(nil)
    await world.directory.shutDown(within: .zero)
  }

  @Test("An unknown session is not found, an unknown statement is nil")
  func unknown() async throws {
    let world = World()
    let (id, _) = try await world.ready()
    #expect(try await world.statement(0, id) == nil)
    #expect(try await world.statement(.max, id) == nil)
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.submit("a", kind: nil, to: .name("nobody"))
    }
    #expect(error?.code == .notFound)
    #expect(error?.message == "Session 'nobody' not found.")
    #expect(await world.directory.log(.name("nobody")) == nil)
    #expect(await world.directory.snapshot(.id(SessionID(7))) == nil)
    await world.directory.shutDown(within: .zero)
  }

  @Test("Above the limit of unfinished statements a new one is refused, below it again taken")
  func limit() async throws {
    var settings = SessionSettings()
    settings.waitingStatementsMax = 3
    let world = World(settings: settings)
    let (id, driver) = try await world.ready()
    for _ in 0..<3 { _ = try await world.directory.submit("a", kind: nil, to: .id(id)) }
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.submit("a", kind: nil, to: .id(id))
    }
    #expect(error?.code == .tooMany)
    driver.run(0)
    try await eventually("one is done") { try await world.statement(0, id)?.isFinished == true }
    #expect(try await world.directory.submit("a", kind: nil, to: .id(id)).id == StatementID(3))
    await world.directory.shutDown(within: .zero)
  }

  @Test("Only the newest finished statements are kept; the session's own conf may say how many")
  func retention() async throws {
    let world = World()
    var request = SessionRequest()
    request.kind = .one(.sql)
    request.conf = ["livy.rsc.retained-statements": "2"]
    let created = try await world.directory.create(request)
    try await eventually("it is connected") { world.rendezvous.driver(created.uuid) != nil }
    let driver = try #require(world.rendezvous.driver(created.uuid))
    driver.emit(.state(.idle))
    try await world.reaches(.idle, created.id)
    for number: UInt64 in 0..<5 {
      _ = try await world.directory.submit("a", kind: nil, to: .id(created.id))
      driver.run(number)
    }
    try await eventually("all are done") { driver.acknowledged == driver.lastEvent }
    // Seen once, they are old news.
    _ = try await world.directory.statements(of: .id(created.id))
    let kept = try await world.directory.statements(of: .id(created.id))
    #expect(kept.map(\.id.number) == [3, 4])
    #expect(try await world.statement(0, created.id) == nil)
    await world.directory.shutDown(within: .zero)
  }

  @Test("A statement that the driver refuses ends in an error that says so; the next one runs")
  func refused() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    driver.refuse(LivyError(.driverRefused, "too large"))
    _ = try await world.directory.submit("a", kind: nil, to: .id(id))
    try await eventually("it is refused") { try await world.statement(0, id)?.isFinished == true }
    guard case .failure(let failure) = try await world.statement(0, id)?.output else {
      Issue.record("no failure")
      return
    }
    #expect(failure.name == "StatementRefused")
    #expect(failure.value.contains("too large"))
    driver.refuse(nil)
    _ = try await world.directory.submit("b", kind: nil, to: .id(id))
    driver.run(1)
    try await eventually("the next is done") {
      try await world.statement(1, id)?.output == .success([.plain("ok")])
    }
    await world.directory.shutDown(within: .zero)
  }

  @Test("An interpreter in error is shown, and the error's statements stay readable")
  func interpreterError() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    driver.run(0)
    driver.emit(.state(.error))
    try await world.reaches(.error, id)
    #expect(try await world.directory.statements(of: .id(id)).isEmpty)
    driver.emit(.state(.idle))
    try await world.reaches(.idle, id)
    await world.directory.shutDown(within: .zero)
  }
}
