// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Synchronization
internal import Testing

@Suite struct BatchDirectoryTests {
  // MARK: From start to end

  @Test("A batch starts, runs, and is a success when its program ends with 0")
  func success() async throws {
    let world = BatchWorld()
    let gate = world.script.hang(.launch)
    let id = try await world.create(name: "etl")
    #expect(id == BatchID(0))
    #expect(await world.record(id)?.state == .starting)
    #expect(try await world.store.batches().map(\.state) == [.starting], "saved before it starts")
    gate.open(nil)
    try await world.reaches(.running, id)
    _ = try await world.saved(.running, id)
    let application = try #require(await world.application(id))
    #expect(application.hasSecrets, "Spark reads its conf when it starts; it stays until the end")
    application.write(standardOutput: ["hello"])
    application.end(.status(0))
    try await world.reaches(.success, id)
    try await eventually("its secrets are gone") { !application.hasSecrets }
    let saved = try await world.saved(.success, id)
    #expect(saved.reason == nil)
    #expect(saved.finishedMilliseconds == 1_000_000)
    #expect(await world.directory.log(.name("etl")) == ["stdout: ", "hello", "\nstderr: "])
    guard case .batch(id, let request)? = world.launcher.orders.first?.program else {
      Issue.record("no batch was ordered")
      return
    }
    #expect(request.file == "/data/job.py")
    await world.directory.shutDown()
    #expect(await world.record(id)?.state == .success, "a stop changes nothing of what is over")
  }

  @Test(
    "A program that fails is dead, with the reason and its last words",
    arguments: [
      (ApplicationExit.status(1), "The batch ended with exit status 1."),
      (.signal(9), "The batch ended with signal 9."),
    ])
  func failure(exit: ApplicationExit, words: String) async throws {
    let world = BatchWorld()
    let (id, application) = try await world.running()
    application.write(standardOutput: [
      "24/03/01 12:00:00 INFO SparkContext: Running", "Traceback (most recent call last):",
      "24/03/01 12:00:01 WARN Something: odd", "ValueError: no",
    ])
    application.write(standardOutput: (0..<20).map { "24/03/01 12:00:02 INFO Hook: \($0)" })
    application.end(exit)
    try await world.reaches(.dead, id)
    let record = try #require(await world.record(id))
    #expect(
      record.reason == """
        \(words)
        Last log lines:
          Traceback (most recent call last):
          24/03/01 12:00:01 WARN Something: odd
          ValueError: no
        """)
    #expect(await world.directory.log(.id(id))?.last == words)
    #expect(await world.directory.log(.id(id))?.count == 27)
    #expect(await world.directory.snapshot(.id(id))?.log.count == 10)
    #expect(try await world.saved(.dead, id).reason == record.reason)
    try await eventually("nothing is left") { world.nothingIsLeft }
  }

  @Test("A program that wrote nothing but Spark's routine is told by that")
  func routine() async throws {
    let world = BatchWorld()
    let (id, application) = try await world.running()
    application.write(standardOutput: ["24/03/01 12:00:00 INFO SparkContext: Running"])
    application.end(.status(1))
    try await world.reaches(.dead, id)
    #expect(await world.record(id)?.reason?.hasSuffix("INFO SparkContext: Running") == true)
  }

  @Test("A spark-submit that cannot be started makes a dead batch, not an error of the request")
  func launchFailure() async throws {
    let world = BatchWorld()
    world.script.set(.launch, .failure(LivyError(.launchFailed, "no Java")))
    let id = try await world.create()
    try await world.reaches(.dead, id)
    #expect(await world.record(id)?.reason == "The batch could not be started: no Java")
    await world.directory.shutDown()
  }

  // MARK: The end from outside

  @Test("An end kills the program, waits until it is gone, and removes the batch with its name")
  func end() async throws {
    let world = BatchWorld()
    let (id, application) = try await world.running(name: "n")
    try await world.directory.end(.name("n"))
    #expect(!application.lives)
    #expect(!application.hasSecrets)
    #expect(await world.record(id) == nil)
    #expect(try await world.store.batches().isEmpty)
    let gone = await #expect(throws: LivyError.self) { try await world.directory.end(.id(id)) }
    #expect(gone?.code == .notFound)
    #expect(gone?.message == "Session '0' not found.")
    #expect(try await world.create(name: "n") == BatchID(1))
    await world.directory.shutDown()
  }

  @Test("An end while the launch is under way waits for it and kills what it brings")
  func endInLaunch() async throws {
    let world = BatchWorld()
    let gate = world.script.hang(.launch)
    let id = try await world.create()
    try await eventually("it launches") { world.script.hasReached(.launch) }
    async let ended: Void = world.directory.end(.id(id))
    try await eventually("the end waits for the launch") { world.clock.sleepers > 0 }
    #expect(await world.record(id)?.state == .starting)
    let second = await #expect(throws: LivyError.self) { try await world.directory.end(.id(id)) }
    #expect(second?.message == "Session 0 already stopped.")
    gate.open(nil)
    try await ended
    #expect(world.launcher.applications.count == 1)
    #expect(world.nothingIsLeft)
  }

  @Test("A launch that hangs is left behind after its time, and what it brings later is killed")
  func hangingLaunch() async throws {
    let world = BatchWorld()
    let gate = world.script.hang(.launch)
    let id = try await world.create()
    try await eventually("it launches") { world.script.hasReached(.launch) }
    async let ended: Void = world.directory.end(.id(id))
    try await eventually("the end waits for the launch") { world.clock.sleepers > 0 }
    world.clock.advance(by: .seconds(10))
    try await ended
    #expect(await world.record(id) == nil)
    gate.open(nil)
    try await eventually("it is killed") {
      world.launcher.applications.count == 1 && world.nothingIsLeft
    }
    #expect(try await world.store.batches().isEmpty)
  }

  @Test("A record that cannot be removed keeps the batch listed, and it can be removed again")
  func endWithBadStore() async throws {
    let store = ScriptedStore()
    let world = BatchWorld(store: store)
    let (id, _) = try await world.running()
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) { try await world.directory.end(.id(id)) }
    #expect(error?.code == .store)
    #expect(await world.record(id)?.state == .killed)
    #expect(world.nothingIsLeft)
    store.failing.withLock { $0 = false }
    try await world.directory.end(.id(id))
    #expect(await world.record(id) == nil)
  }

  @Test("A batch whose record cannot be saved is not started")
  func createWithBadStore() async throws {
    let store = ScriptedStore()
    let world = BatchWorld(store: store)
    store.failing.withLock { $0 = true }
    let error = await #expect(throws: LivyError.self) { try await world.create(name: "n") }
    #expect(error?.code == .store)
    #expect(world.launcher.orders.isEmpty)
    store.failing.withLock { $0 = false }
    #expect(try await world.create(name: "n") == BatchID(1))
    await world.directory.shutDown()
  }

  @Test("A stop kills all batches, refuses new ones, and leaves nothing")
  func shutDown() async throws {
    let world = BatchWorld()
    for _ in 0..<5 { _ = try await world.running() }
    await world.directory.shutDown()
    #expect(world.nothingIsLeft)
    #expect(try await world.store.batches().allSatisfy { $0.state == .killed })
    let error = await #expect(throws: LivyError.self) { try await world.create() }
    #expect(error?.code == .notActive)
    #expect(world.clock.sleepers == 0, "no task of ours is left")
  }

  // MARK: Names, pages, limits

  @Test("Names follow the rules of sessions, and pages are in order of creation")
  func names() async throws {
    let world = BatchWorld()
    func refusal(_ name: String) async -> String? {
      await #expect(throws: LivyError.self) { try await world.create(name: name) }?.message
    }
    #expect(try await world.create(name: "a") == BatchID(0))
    #expect(await refusal("a") == "Duplicate session name: Some(a) for session 1")
    #expect(await refusal("12") == "Invalid session name: 12")
    #expect(await refusal("") == "Invalid session name: ")
    for _ in 0..<3 { _ = try await world.create() }
    func page(_ from: Int, _ size: Int) async -> [Int32] {
      let (total, page) = await world.directory.snapshots(from: from, size: size)
      #expect(total == 4)
      return page.map(\.record.id.number)
    }
    #expect(await page(0, 100) == [0, 4, 5, 6])
    #expect(await page(1, 2) == [4, 5])
    #expect(await page(4, 1) == [])
    #expect(await page(-1, .max) == [0, 4, 5, 6])
    await world.directory.shutDown()
  }

  @Test("Starting batches and sessions share one limit; a batch that runs counts no more")
  func slots() async throws {
    let slots = StartSlots(max: 2)
    let world = BatchWorld(slots: slots)
    let other = BatchWorld(slots: slots)
    let gates = [world, other].map { $0.script.hang(.launch) }
    _ = try await world.create()
    _ = try await other.create()
    let error = await #expect(throws: LivyError.self) { try await world.create() }
    #expect(error?.code == .tooMany)
    #expect(error?.message == "Rejected, too many sessions are being created!")
    gates[0].open(nil)
    try await world.reaches(.running, BatchID(0))
    _ = try await world.running()
    gates[1].open(nil)
    await world.directory.shutDown()
    await other.directory.shutDown()
  }

  @Test("The directory is full at its limit")
  func full() async throws {
    var settings = SessionSettings()
    settings.sessionsMax = 1
    let world = BatchWorld(settings: settings)
    _ = try await world.running()
    let error = await #expect(throws: LivyError.self) { try await world.create() }
    #expect(error?.code == .tooMany)
    await world.directory.shutDown()
  }

  @Test("Finished batches are removed when their time is over, running ones stay")
  func sweep() async throws {
    let world = BatchWorld()
    try await world.directory.recover()
    let (live, _) = try await world.running()
    let (done, application) = try await world.running()
    application.end(.status(0))
    _ = try await world.saved(.success, done)
    world.clock.advance(by: .milliseconds(599_999))
    await world.directory.sweep()
    #expect(await world.record(done)?.state == .success)
    try await eventually("the sweep runs by itself") {
      world.clock.advance(by: .seconds(60))
      return await world.record(done) == nil
    }
    #expect(await world.record(live)?.state == .running)
    await world.directory.shutDown()
    try await eventually("no task sleeps any more") { world.clock.sleepers == 0 }
  }
}
