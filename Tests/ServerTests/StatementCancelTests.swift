// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct StatementCancelTests {
  @Test("One that the driver had waiting is cancelled when the call returns")
  func waiting() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("a", kind: nil, to: .id(id))
    driver.answerCancel(.success(.waited))
    try await world.directory.cancel(StatementID(0), of: .id(id))
    let statement = try #require(try await world.statement(0, id))
    #expect(statement.state == .cancelled)
    #expect(statement.output == nil)
    #expect(statement.progress == 1)
    #expect(await world.state(id) == .idle)
    #expect(driver.cancels == [StatementID(0)])
    // Its own news change nothing, and the next one runs.
    driver.emit(.finished(StatementID(0), .cancelled(nil), atMilliseconds: 9))
    _ = try await world.directory.submit("b", kind: nil, to: .id(id))
    driver.run(1)
    try await eventually("the next is done") {
      try await world.statement(1, id)?.state == .available
    }
    #expect(try await world.statement(0, id) == statement)
    await world.directory.shutDown(within: .zero)
  }

  @Test("One that runs is cancelling, and cancelled when its code has ended")
  func running() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("a", kind: nil, to: .id(id))
    driver.emit(.state(.busy), .started(StatementID(0), atMilliseconds: 5))
    try await eventually("it runs") { try await world.statement(0, id)?.state == .running }
    driver.answerCancel(.success(.ran))
    for _ in 0..<2 {
      try await world.directory.cancel(StatementID(0), of: .id(id))
      #expect(try await world.statement(0, id)?.state == .cancelling)
    }
    #expect(await world.state(id) == .busy)
    let output = StatementOutput.failure(StatementFailure(name: "KeyboardInterrupt", value: ""))
    driver.emit(
      .state(.idle), .finished(StatementID(0), .cancelled(output), atMilliseconds: 9))
    try await eventually("it is cancelled") {
      try await world.statement(0, id)?.state == .cancelled
    }
    #expect(try await world.statement(0, id)?.output == output)
    #expect(await world.state(id) == .idle)
    await world.directory.shutDown(within: .zero)
  }

  @Test("Unknown statements, and those that are over, are no error and are not asked about")
  func over() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("a", kind: nil, to: .id(id))
    driver.run(0)
    try await eventually("it is done") { try await world.statement(0, id)?.isFinished == true }
    for number in [0, 1, .max] as [UInt64] {
      try await world.directory.cancel(StatementID(number), of: .id(id))
    }
    #expect(driver.cancels.isEmpty)
    #expect(try await world.statement(0, id)?.state == .available)
    await world.directory.shutDown(within: .zero)
  }

  @Test("One that ended while it was to be cancelled stays as it ended")
  func endedMeanwhile() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("a", kind: nil, to: .id(id))
    driver.answerCancel(.success(.over))
    try await world.directory.cancel(StatementID(0), of: .id(id))
    #expect(try await world.statement(0, id)?.state == .waiting)
    driver.run(0)
    try await eventually("it is done") {
      try await world.statement(0, id)?.state == .available
    }
    await world.directory.shutDown(within: .zero)
  }

  @Test("What the driver refuses is told, and the statement goes on")
  func refused() async throws {
    let world = World()
    let (id, driver) = try await world.ready()
    _ = try await world.directory.submit("a", kind: nil, to: .id(id))
    driver.answerCancel(.failure(LivyError(.tooMany, "too many")))
    let error = await #expect(throws: LivyError.self) {
      try await world.directory.cancel(StatementID(0), of: .id(id))
    }
    #expect(error?.code == .tooMany)
    #expect(try await world.statement(0, id)?.state == .waiting)
    await world.directory.shutDown(within: .zero)
  }

  @Test("A session that is unknown, not ready or over cancels nothing")
  func notActive() async throws {
    let world = World()
    let unknown = await #expect(throws: LivyError.self) {
      try await world.directory.cancel(StatementID(0), of: .name("nobody"))
    }
    #expect(unknown?.code == .notFound)
    let ping = world.script.hang(.ping)
    let created = try await world.create()
    let starting = await #expect(throws: LivyError.self) {
      try await world.directory.cancel(StatementID(0), of: .id(created.id))
    }
    #expect(starting?.code == .notActive)
    #expect(starting?.message == "Session is in state starting")
    ping.open(LivyError(.launchFailed, "no"))
    try await world.reaches(.error, created.id)
    let dead = await #expect(throws: LivyError.self) {
      try await world.directory.cancel(StatementID(0), of: .id(created.id))
    }
    #expect(dead?.message == "Session is in state error")
    await world.directory.shutDown(within: .zero)
  }

  @Test("A session's own conf says how much is kept of an output, inside the server's limit")
  func outputs() {
    let standard = SessionSettings()
    func asked(_ bytes: String, _ rich: String) -> DriverSettings {
      standard.overridden(by: [
        "livy.rsc.output.max-bytes": bytes, "livy.repl.rich-output": rich,
      ]).driver
    }
    #expect(asked("4096", "true").outputBytesMax == 4_096)
    #expect(asked("4096", "true").richOutput)
    #expect(asked("4000000000", "false").outputBytesMax == standard.outputBytesLimit)
    for nonsense in ["0", "-1", "99999999999", "4k"] {
      #expect(asked(nonsense, "yes") == standard.driver)
    }
  }

  @Test("A session's own conf says how a cancellation goes, inside the server's limits")
  func settings() {
    let standard = SessionSettings()
    let conf = [
      "livy.rsc.job-cancel.trigger-interval": "250ms", "livy.rsc.job-cancel.timeout": "2m",
    ]
    let asked = standard.overridden(by: conf).driver
    #expect(asked.cancelInterval == .milliseconds(250))
    #expect(asked.cancelTimeMax == .seconds(120))
    let extreme = standard.overridden(by: [
      "livy.rsc.job-cancel.trigger-interval": "0", "livy.rsc.job-cancel.timeout": "1000d",
    ]).driver
    #expect(extreme.cancelInterval == standard.cancelIntervalMin)
    #expect(extreme.cancelTimeMax == standard.cancelTimeLimit)
    let nonsense = standard.overridden(by: [
      "livy.rsc.job-cancel.trigger-interval": "soon", "livy.rsc.job-cancel.timeout": "-1s",
    ]).driver
    #expect(nonsense == standard.driver)
  }
}
