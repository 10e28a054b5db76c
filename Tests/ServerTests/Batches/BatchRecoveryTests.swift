// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Testing

/// The first server is killed without a word; a second one finds the same store and machine.
@Suite struct BatchRecoveryTests {
  @Test("A batch that runs still is watched on; how it ends was not seen by anybody")
  func takenUp() async throws {
    let first = BatchWorld()
    let (id, application) = try await first.running(name: "n")
    _ = try await first.saved(.running, id)
    let second = first.restarted()
    try await second.directory.recover()
    let record = try #require(await second.directory.snapshot(.name("n"))?.record)
    #expect(record.state == .running)
    #expect(record.createdMilliseconds == 1_000_000)
    #expect(first.launcher.orders.count == 1, "it is not started again")
    application.write(standardOutput: ["x"])
    application.end(.unseen)
    try await second.reaches(.dead, id)
    let reason = try #require(await second.record(id)?.reason)
    #expect(reason.contains("its exit status was not seen"))
    #expect(reason.hasSuffix("Last log lines:\n  x"))
    #expect(await second.directory.log(.id(id))?.dropLast() == ["stdout: ", "x", "\nstderr: "])
    #expect(try await second.create() == BatchID(1))
    await second.directory.shutDown()
  }

  @Test("A batch that was taken up can be ended, and its number is not used again")
  func endAfterRestart() async throws {
    let first = BatchWorld()
    let (id, application) = try await first.running()
    let second = first.restarted()
    try await second.directory.recover()
    try await second.directory.end(.id(id))
    #expect(!application.lives)
    #expect(await second.record(id) == nil)
    #expect(try await second.create() == BatchID(1))
    await second.directory.shutDown()
  }

  @Test("A batch of which nothing is left is dead with the reason, finished ones are as they were")
  func gone() async throws {
    let store = MemoryStateStore()
    func record(_ number: Int32, _ state: BatchState, finished: Int64?) async throws {
      var random = SystemRandomNumberGenerator()
      var record = BatchRecord(
        id: BatchID(number), tag: SessionUUID(using: &random),
        request: BatchRequest(file: "/data/job.py"), state: state, createdMilliseconds: 5)
      record.finishedMilliseconds = finished
      record.reason = state == .dead ? "The batch ended with exit status 1." : nil
      try await store.save(record)
    }
    try await record(0, .success, finished: 1_000_000 - 599_000)
    try await record(1, .dead, finished: 999_999)
    try await record(2, .running, finished: nil)
    try await record(3, .starting, finished: nil)
    let world = BatchWorld(store: store)
    try await world.directory.recover()
    let (_, page) = await world.directory.snapshots(from: 0, size: 10)
    #expect(page.map(\.record.state) == [.success, .dead, .dead, .dead])
    #expect(page[0].log == ["stdout: ", "\nstderr: "])
    #expect(page[1].log.last == "The batch ended with exit status 1.")
    for snapshot in page[2...] {
      #expect(snapshot.record.reason?.contains("was not seen") == true)
      #expect(snapshot.record.finishedMilliseconds == 1_000_000)
    }
    #expect(try await store.batches().map(\.state) == page.map(\.record.state))
    #expect(world.launcher.orders.isEmpty, "nothing is started again")
    world.clock.advance(by: .seconds(1))
    await world.directory.sweep()
    #expect(try await store.batches().map(\.id.number) == [1, 2, 3])
    await world.directory.shutDown()
  }

  @Test(
    "A server that fails lets go of its batches: they run on, and their records stay as they are")
  func letGo() async throws {
    let first = BatchWorld()
    let (id, application) = try await first.running()
    _ = try await first.saved(.running, id)
    await first.directory.letGo()
    #expect(application.lives)
    let refused = await #expect(throws: LivyError.self) { try await first.create() }
    #expect(refused?.code == .notActive)
    let second = first.restarted()
    try await second.directory.recover()
    application.end(.status(0))
    try await second.reaches(.success, id)
    #expect(await first.record(id)?.state == .running)
    await second.directory.shutDown()
  }

  @Test("Without recovery what runs still is killed, and nothing is left")
  func off() async throws {
    let first = BatchWorld()
    let (running, _) = try await first.running()
    let (over, application) = try await first.running()
    _ = try await first.saved(.running, over)
    // The first server does not see it.
    let second = first.restarted()
    try await second.directory.recover(.kill)
    #expect(await second.record(running)?.state == .killed)
    #expect(await second.record(running)?.reason?.contains("recovery.mode=off") == true)
    #expect(await second.record(over)?.state == .killed)
    #expect(!application.lives)
    #expect(second.nothingIsLeft)
    await second.directory.shutDown()
  }
}
