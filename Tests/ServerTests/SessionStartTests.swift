// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Synchronization
internal import Testing

/// The start: it succeeds, or each of its steps fails, and nothing is left then.
@Suite struct SessionStartTests {
  @Test("A session starts, is starting until the ping is back, then shows the interpreter's state")
  func start() async throws {
    let world = World()
    let ping = world.script.hang(.ping)
    let created = try await world.create()
    #expect(created.state == .starting)
    #expect(created.id == SessionID(0))
    try await eventually("the ping is out") { world.script.hasReached(.ping) }
    let driver = try #require(world.rendezvous.driver(created.uuid))
    driver.emit(.state(.starting), .state(.busy))
    try await eventually("the events are here") { driver.acknowledged == 2 }
    #expect(await world.state(created.id) == .starting)
    ping.open(nil)
    try await world.reaches(.busy, created.id)
    driver.emit(.state(.idle))
    try await world.reaches(.idle, created.id)

    let snapshot = try #require(await world.directory.snapshot(.id(created.id)))
    #expect(snapshot.phases.map(\.phase) == [.submitting, .accepted, .connected, .ready])
    #expect(snapshot.applicationID == "local-1")
    #expect(snapshot.sparkUIURL == "http://127.0.0.1:4040")
    #expect(snapshot.reason == nil)
    let application = try #require(await world.application(created.id))
    #expect(application.lives)
    #expect(!application.hasSecrets, "the launch file goes once the driver is enrolled")
    await world.directory.shutDown(within: .seconds(1))
    #expect(world.nothingIsLeft)
  }

  @Test("The launcher is told what to start, the rendezvous whom to expect")
  func orders() async throws {
    var settings = SessionSettings()
    settings.driver.sqlRowsMax = 77
    settings.submittingTimeMax = .seconds(33)
    let world = World(settings: settings)
    var request = SessionRequest()
    request.kind = .one(.sql)
    request.name = "etl"
    request.conf = ["spark.x": "y"]
    let created = try await world.directory.create(request)
    try await eventually("it is launched") { !world.launcher.orders.isEmpty }
    let order = try #require(world.launcher.orders.first)
    #expect(order.tag == created.uuid)
    #expect(order.attempt == 1)
    guard case .session(created.id, request, launchFile: [1, 2, 3]) = order.program else {
      Issue.record("another program was ordered: \(order.program)")
      return
    }
    let expectation = try #require(world.rendezvous.expectations.withLock { $0.first })
    #expect(expectation.uuid == created.uuid)
    #expect(expectation.kind == .one(.sql))
    #expect(expectation.tokenLifetime == .seconds(33))
    #expect(expectation.settings.sqlRowsMax == 77)
    await world.directory.shutDown(within: .seconds(1))
  }

  @Test("The record is in the store before the launch")
  func recordFirst() async throws {
    let world = World()
    let launch = world.script.hang(.launch)
    let created = try await world.create()
    try await eventually("the launch has begun") { world.script.hasReached(.launch) }
    let record = try #require(try await world.store.sessions().first)
    #expect(record.id == created.id)
    #expect(record.uuid == created.uuid)
    #expect(record.state == .starting)
    launch.open(nil)
    await world.directory.shutDown(within: .seconds(1))
  }

  @Test(
    "A step that fails ends the session in error, with the reason, and leaves nothing",
    arguments: [Script.Step.expect, .launch, .enrol, .connect, .ping])
  func stepFails(_ step: Script.Step) async throws {
    let world = World()
    world.script.set(step, .failure(LivyError(.launchFailed, "no Java here")))
    let created = try await world.create()
    try await world.reaches(.error, created.id)
    let snapshot = try #require(await world.directory.snapshot(.id(created.id)))
    let reason = try #require(snapshot.reason)
    #expect(reason.contains("no Java here"))
    #expect(snapshot.log.contains { $0.contains("no Java here") }, "REST shows it in the log")
    try await eventually("nothing is left") { world.nothingIsLeft }
    try await eventually("the record says so") {
      try await world.store.sessions().first?.state == .error
    }
    #expect(try await world.store.sessions().first?.reason == reason)
  }

  @Test(
    "A step that takes too long ends the session in error, by our clock",
    arguments: [
      (Script.Step.expect, 11, "no driver called the server within 11.0 seconds"),
      (.launch, 11, "no driver called the server within 11.0 seconds"),
      (.enrol, 11, "no driver called the server within 11.0 seconds"),
      (.connect, 12, "its channel did not stand within 12.0 seconds"),
      (.ping, 13, "no job of it came back within 13.0 seconds"),
    ])
  func stepHangs(_ step: Script.Step, _ seconds: Int, _ words: String) async throws {
    var settings = SessionSettings()
    settings.submittingTimeMax = .seconds(11)
    settings.acceptedTimeMax = .seconds(12)
    settings.connectedTimeMax = .seconds(13)
    let world = World(settings: settings)
    let gate = world.script.hang(step)
    let created = try await world.create()
    try await eventually("the step has begun") { world.script.hasReached(step) }
    try await eventually("the deadline is set") { world.clock.sleepers > 0 }
    world.clock.advance(by: .milliseconds(seconds * 1_000 - 1))
    #expect(await world.state(created.id) == .starting)
    world.clock.advance(by: .milliseconds(1))
    try await world.reaches(.error, created.id)
    #expect(await world.directory.snapshot(.id(created.id))?.reason?.contains(words) == true)
    gate.open(nil)
    try await eventually("nothing is left") { world.nothingIsLeft }
  }

  @Test(
    "A rendezvous that counts the same time gives the same reason",
    arguments: [Script.Step.enrol, .connect])
  func rendezvousTimesOut(_ step: Script.Step) async throws {
    let world = World()
    world.script.set(step, .failure(LivyError(.timedOut, "nobody came")))
    let created = try await world.create()
    try await world.reaches(.error, created.id)
    let reason = await world.directory.snapshot(.id(created.id))?.reason
    #expect(reason?.contains("within") == true)
  }

  @Test(
    "spark-submit that ends before the driver is ready fails the session, with its last words",
    arguments: [Script.Step.enrol, .connect, .ping], [ApplicationExit.status(1), .status(0)])
  func exitsEarly(_ step: Script.Step, _ exit: ApplicationExit) async throws {
    let world = World()
    _ = world.script.hang(step)
    let created = try await world.create()
    try await eventually("the step has begun") { world.script.hasReached(step) }
    let application = try #require(world.launcher.application(created.uuid))
    application.write(standardError: ["starting", "", "Error: bad master"])
    application.end(exit)
    try await world.reaches(.dead, created.id)
    let snapshot = try #require(await world.directory.snapshot(.id(created.id)))
    let reason = try #require(snapshot.reason)
    #expect(reason.contains("spark-submit ended with \(exit) before the driver was ready"))
    #expect(reason.hasSuffix("Last log lines:\n  starting\n  Error: bad master"))
    try await eventually("nothing is left") { world.nothingIsLeft }
  }

  @Test("A driver that is lost before the ping is back ends the session, with the exit if it comes")
  func lostEarly() async throws {
    let world = World()
    _ = world.script.hang(.ping)
    let created = try await world.create()
    try await eventually("the ping is out") { world.script.hasReached(.ping) }
    world.rendezvous.driver(created.uuid)?.cut()
    try await eventually("the farewell is waited for") { world.clock.sleepers > 0 }
    world.launcher.application(created.uuid)?.end(.signal(9))
    try await world.reaches(.dead, created.id)
    let reason = await world.directory.snapshot(.id(created.id))?.reason
    #expect(
      reason?.contains("the connection was cut") == true || reason?.contains("signal 9") == true)
    try await eventually("nothing is left") { world.nothingIsLeft }
  }

  @Test(
    "A driver's words are not passed on as a link or a name when they are none",
    arguments: ["javascript:alert(1)", "http://a b", "http://\u{1b}[2J", "file:///etc/passwd"])
  func untrustedFacts(_ words: String) async throws {
    let world = World()
    world.script.facts.withLock {
      $0 = ApplicationFacts(sparkVersion: "3", applicationID: "a\n", uiURL: words)
    }
    let (id, _) = try await world.ready()
    let snapshot = try #require(await world.directory.snapshot(.id(id)))
    #expect(snapshot.sparkUIURL == nil)
    #expect(snapshot.applicationID == nil)
    await world.directory.shutDown(within: .zero)
  }

  @Test("A store that cannot save refuses the session, and nothing is launched")
  func storeFails() async throws {
    let store = ScriptedStore()
    let world = World(store: store)
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) { try await world.create(name: "a") }
    #expect(error?.code == .store)
    #expect(world.launcher.orders.isEmpty)
    #expect(await world.directory.snapshots(from: 0, size: 10).total == 0)
    store.failing.withLock { $0 = false }
    _ = try await world.create(name: "a")
    await world.directory.shutDown(within: .seconds(1))
  }
}
