// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import TestSupport
internal import Testing
internal import Transport

struct SessionHostTests {
  struct Stage {
    var loop: EventLoop
    var host: SessionHost
    var spark: ScriptedGateway
    var puppet: PuppetInterpreter
    var running: Task<Result<Void, StartFailure>, Never>
  }

  /// Runs a session host over a scripted Spark; after `body` the session is ended and its run
  /// awaited.
  func withSession(
    limits: DriverLimits = DriverLimits(), settings: DriverSettings = DriverSettings(),
    puppet: PuppetInterpreter = PuppetInterpreter(.pyspark),
    script: @escaping ScriptedGateway.Script = ScriptedSpark.answer,
    _ body: (Stage) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "session")
    let spark = ScriptedGateway(on: loop, script: script)
    let gateway = Gateway(loop: loop, secret: "secret") { await spark.dial() }
    var plan = SessionPlan(kind: .one(.pyspark), settings: settings) { kind, _ in
      kind == puppet.kind ? puppet : nil
    }
    plan.limits = limits
    plan.clock = { 7 }
    let host = SessionHost(plan, gateway: gateway)
    // As in a driver, all of whose tasks prefer its loop.
    let running = Task(executorPreference: loop.taskExecutor) { () -> Result<Void, StartFailure> in
      do throws(StartFailure) { return .success(try await host.run()) } catch {
        return .failure(error)
      }
    }
    let stage = Stage(
      loop: loop, host: host, spark: spark, puppet: puppet, running: running)
    var problem: (any Error)?
    do { try await body(stage) } catch { problem = error }
    try await host.endSession()
    _ = await running.value
    await loop.stop()
    if let problem { throw problem }
  }

  func request(
    _ number: UInt64, _ code: String, kind: StatementKind = .pyspark, epoch: UInt64 = 1
  ) -> ExecuteRequest {
    ExecuteRequest(statement: StatementID(number), kind: kind, code: code, epoch: epoch)
  }

  /// Watches until the event record satisfies `condition`.
  func watch(
    _ host: SessionHost, after: UInt64 = 0, until condition: @Sendable (EventRecord) -> Bool
  ) async -> EventRecord {
    let record = EventRecord()
    let watching = Task { try await host.watch(after: after, epoch: 1) { record.add($0) } }
    #expect(await eventually { condition(record) })
    watching.cancel()
    _ = await watching.result
    return record
  }

  func output(_ number: UInt64, _ text: String) -> DriverEvent.What {
    .finished(StatementID(number), .success([.plain(text)]), atMilliseconds: 7)
  }

  @Test("A ping is answered with the facts once a Spark job has run")
  func ping() async throws {
    try await withSession { stage in
      let facts = try await stage.host.ping()
      #expect(facts == ScriptedSpark.facts)
      #expect(stage.spark.commands.contains { $0.contains("count") })
    }
  }

  @Test("Who waits on the loop itself misses nothing", .timeLimit(.minutes(2)))
  func nothingMissed() async throws {
    for _ in 0..<100 {
      try await withSession { stage in
        let host = stage.host
        let pings = (0..<4).map { _ in
          Task(executorPreference: stage.loop.taskExecutor) { try await host.ping() }
        }
        let record = EventRecord()
        let watching = Task(executorPreference: stage.loop.taskExecutor) {
          try await host.watch(after: 0, epoch: 1) { record.add($0) }
        }
        for ping in pings {
          let facts = try await ping.value
          #expect(facts == ScriptedSpark.facts)
        }
        #expect(await eventually { record.what == [.state(.starting), .state(.idle)] })
        watching.cancel()
        _ = await watching.result
      }
    }
  }

  @Test("The start is proven without SQL, which Spark makes ready when the session is idle")
  func awakening() async throws {
    try await withSession { stage in
      _ = try await stage.host.ping()
      let idle = await watch(stage.host) { $0.what.contains(.state(.idle)) }
      #expect(idle.what == [.state(.starting), .state(.idle)])
      #expect(await eventually { stage.spark.commands.contains { $0.contains("range") } })
      let order = stage.spark.commands.compactMap { command in
        ["parallelize", "range"].first { command.contains($0) }
      }
      #expect(order == ["parallelize", "range"])
    }
  }

  @Test("A session whose Spark is still making SQL ready ends at once")
  func endWhileAwakening() async throws {
    let script: ScriptedGateway.Script = { command in
      command.count > 2 && command[2] == "range" ? nil : ScriptedSpark.answer(to: command)
    }
    try await withSession(script: script) { stage in
      _ = try await stage.host.ping()
      #expect(await eventually { stage.spark.commands.contains { $0.contains("range") } })
      try await stage.host.endSession()
      guard case .success = await stage.running.value else {
        Issue.record("it did not end well")
        return
      }
    }
  }

  @Test("A session with Hive proves itself by a query")
  func hiveProof() async throws {
    let script: ScriptedGateway.Script = { command in
      switch command.dropFirst(2).first {
      case "getProperty": "!yshive"
      case "currentThread", "getContextClassLoader", "loadClass": "!yro7"
      default: ScriptedSpark.answer(to: command)
      }
    }
    try await withSession(script: script) { stage in
      _ = try await stage.host.ping()
      #expect(stage.spark.commands.contains { $0.contains("range") })
      #expect(!stage.spark.commands.contains { $0.contains("parallelize") })
    }
  }

  @Test("A session that is to have Hive, in a Spark without it, does not start and says why")
  func noHive() async throws {
    let script: ScriptedGateway.Script = { command in
      switch command.dropFirst(command.first == "p" ? 1 : 2).first {
      case "getProperty": "!yshive"
      case "currentThread", "getContextClassLoader": "!yro7"
      case "loadClass": "!xro8"
      case "getClass": "!yro9"
      case "getName": "!ysjava.lang.ClassNotFoundException"
      case "getMessage", "ro8": "!ysorg.apache.spark.sql.hive.HiveSessionStateBuilder"
      default: ScriptedSpark.answer(to: command)
      }
    }
    try await withSession(script: script) { stage in
      guard case .failure(let failure) = await stage.running.value else {
        Issue.record("it started")
        return
      }
      #expect(failure.reason.contains("HiveSessionStateBuilder"))
      #expect(failure.reason.contains("livy.repl.enable-hive-context"))
      #expect(!stage.spark.commands.contains { $0.contains("getOrCreate") })
    }
  }

  @Test("Statements run one after the other, and idle comes before the last result")
  func statements() async throws {
    try await withSession { stage in
      _ = try await stage.host.ping()
      try await stage.host.execute(request(0, "first"))
      #expect(await eventually { stage.puppet.isRunning })
      try await stage.host.execute(request(1, "now second"))
      try await stage.host.execute(request(1, "now again"))
      stage.puppet.complete(.output(.success([.plain("one")])))
      let record = await watch(stage.host) { $0.isFinished(1) }
      #expect(
        record.what == [
          .state(.starting), .state(.idle), .state(.busy),
          .started(StatementID(0), atMilliseconds: 7), output(0, "one"),
          .started(StatementID(1), atMilliseconds: 7), .state(.idle), output(1, "now second"),
        ])
      #expect(record.all.map(\.number) == Array(1...8))
      #expect(stage.puppet.codes == ["first", "now second"])
    }
  }

  @Test("Places are completed by an interpreter that has started, past what runs, within limits")
  func completion() async throws {
    var limits = DriverLimits()
    limits.candidatesMax = 2
    limits.completionsMax = 1
    try await withSession(limits: limits) { stage in
      let place = CompletionRequest(kind: .pyspark, code: "abc", cursor: 2)
      _ = try await stage.host.ping()
      try await stage.host.execute(request(0, "first"))
      #expect(await eventually { stage.puppet.isRunning })
      #expect(try await stage.host.complete(place) == ["ab", "b"])
      #expect(
        try await stage.host.complete(CompletionRequest(kind: .sql, code: "s", cursor: 1)) == [])
      let hanging = Task {
        try await stage.host.complete(CompletionRequest(kind: .pyspark, code: "hang", cursor: 0))
      }
      #expect(await eventually { (try? await stage.host.complete(place)) == [] })
      await stage.puppet.stop()
      #expect(try await hanging.value == ["", "b"])
    }
  }

  @Test("What a statement prints is told while it runs, in one piece for many small writes")
  func printed() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "print é, and more"))
      let printed = DriverEvent.What.printed(StatementID(0), offset: 0, text: "print é, and more")
      let running = await watch(stage.host) { $0.what.contains(printed) }
      #expect(!running.isFinished(0))
      stage.puppet.complete(.output(.success([.plain("one")])))
      _ = await watch(stage.host) { $0.isFinished(0) }
    }
  }

  @Test("A watch goes on after the number it names, and what was acknowledged is gone")
  func resume() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "now"))
      let whole = await watch(stage.host) { $0.isFinished(0) }
      let rest = await watch(stage.host, after: 2) { $0.isFinished(0) }
      #expect(rest.all == Array(whole.all.dropFirst(2)))
      try await stage.host.acknowledge(through: 3)
      let forgotten = await #expect(throws: LivyError.self) {
        try await stage.host.watch(after: 2, epoch: 1) { _ in }
      }
      #expect(forgotten?.code == .driverRefused)
      await #expect(throws: LivyError.self) { try await stage.host.acknowledge(through: 999) }
      await #expect(throws: LivyError.self) {
        try await stage.host.watch(after: 999, epoch: 1) { _ in }
      }
    }
  }

  @Test("A server with an older lease is refused, and its watch ends")
  func oldLease() async throws {
    try await withSession { stage in
      let record = EventRecord()
      let old = Task { try await stage.host.watch(after: 0, epoch: 1) { record.add($0) } }
      #expect(await eventually { record.what.contains(.state(.idle)) })
      try await stage.host.execute(request(0, "now", epoch: 2))
      let ended = await old.result
      #expect(throws: LivyError.self) { try ended.get() }
      let refused = await #expect(throws: LivyError.self) {
        try await stage.host.execute(request(1, "now", epoch: 1))
      }
      #expect(refused?.code == .driverRefused)
    }
  }

  @Test("The death of an interpreter is the session's error, and every statement ends")
  func death() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "dies"))
      try await stage.host.execute(request(1, "waits"))
      #expect(await eventually { stage.puppet.isRunning })
      stage.puppet.complete(.died(reason: "killed by signal 9"))
      let record = await watch(stage.host) { $0.isFinished(1) }
      let failure = StatementFailure(name: "Error", value: "Interpreter died:\nkilled by signal 9")
      #expect(
        record.what.suffix(3) == [
          .state(.error), .finished(StatementID(0), .failure(failure), atMilliseconds: 7),
          .finished(StatementID(1), .failure(failure), atMilliseconds: 7),
        ])
      #expect(stage.puppet.codes == ["dies"])
    }
  }

  @Test("A kind that this driver does not have fails its statement only")
  func unknownKind() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "x", kind: .sparkr))
      try await stage.host.execute(request(1, "now"))
      let record = await watch(stage.host) { $0.isFinished(1) }
      guard
        case .finished(_, .output(.failure(let failure)), _) = record.what.first(where: {
          if case .finished = $0 { true } else { false }
        })
      else {
        Issue.record("the statement did not fail")
        return
      }
      #expect(failure.name == "InterpreterError")
      #expect(failure.value.hasPrefix("Fail to start interpreter"))
      #expect(record.what.last == output(1, "now"))
    }
  }

  @Test("A Spark that does not start is told with Java's words, to the ping and to main")
  func failedStart() async throws {
    try await withSession(script: ScriptedSpark.failingAnswer) { stage in
      let error = await #expect(throws: LivyError.self) { try await stage.host.ping() }
      #expect(error?.code == .launchFailed)
      guard case .failure(let failure) = await stage.running.value else {
        Issue.record("the start did not fail")
        return
      }
      #expect(failure.reason == "Spark did not start: org.apache.spark.SparkException: no master")
      #expect(failure.trace.contains("a.B.c(B.java:1)"))
      let record = EventRecord()
      await #expect(throws: LivyError.self) {
        try await stage.host.watch(after: 0, epoch: 1) { record.add($0) }
      }
      #expect(record.what == [.state(.starting), .state(.error)])
    }
  }

  @Test("A first interpreter that does not start fails the session with its trace")
  func failedInterpreter() async throws {
    let puppet = PuppetInterpreter(
      .pyspark, startError: InterpreterError("no python", trace: "line"))
    try await withSession(puppet: puppet) { stage in
      let error = await #expect(throws: LivyError.self) { try await stage.host.ping() }
      #expect(
        error?.cause as? StartFailure == StartFailure(InterpreterError("no python", trace: "line")))
    }
  }

  @Test("The orderly end breaks off what runs, stops Spark, and ends the watchers")
  func orderlyEnd() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "for ever"))
      #expect(await eventually { stage.puppet.isRunning })
      let watching = Task { try await stage.host.watch(after: 0, epoch: 1) { _ in } }
      try await stage.host.endSession()
      guard case .success = await stage.running.value else {
        Issue.record("the end is no failure")
        return
      }
      #expect(stage.puppet.stops > 0)
      #expect(stage.spark.commands.contains(["c", "o2", "stop"]))
      let ended = await watching.result
      #expect(throws: LivyError.self) { try ended.get() }
      await #expect(throws: LivyError.self) { try await stage.host.ping() }
      await #expect(throws: LivyError.self) { try await stage.host.execute(request(1, "now")) }
    }
  }

  @Test("The end comes through while Spark is still starting")
  func endWhileStarting() async throws {
    let hanging: ScriptedGateway.Script = {
      $0.contains("getOrCreate") ? nil : ScriptedSpark.answer(to: $0)
    }
    try await withSession(script: hanging) { stage in
      #expect(await eventually { stage.spark.commands.contains { $0.contains("getOrCreate") } })
      let ping = Task { try await stage.host.ping() }
      try await stage.host.endSession()
      guard case .success = await stage.running.value else {
        Issue.record("the end is no failure")
        return
      }
      let answer = await ping.result
      #expect(throws: LivyError.self) { try answer.get() }
    }
  }

  @Test("Cancelling the run ends it like the orderly end")
  func cancelledRun() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "for ever"))
      #expect(await eventually { stage.puppet.isRunning })
      stage.running.cancel()
      _ = await stage.running.value
      #expect(stage.puppet.stops > 0)
    }
  }

  @Test("With a full log nothing begins until the server acknowledges")
  func fullLog() async throws {
    var limits = DriverLimits()
    limits.eventsMax = 6
    try await withSession(limits: limits) { stage in
      for number in 0..<3 as Range<UInt64> {
        try await stage.host.execute(request(number, "now \(number)"))
      }
      let record = await watch(stage.host) { $0.all.count >= 6 }
      #expect(!record.isFinished(2))
      #expect(stage.puppet.codes.count == 2)
      try await stage.host.acknowledge(through: 6)
      _ = await watch(stage.host, after: 6) { $0.isFinished(2) }
    }
  }
}
