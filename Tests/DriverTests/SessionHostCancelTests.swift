// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import TestSupport
internal import Testing

/// Cancelling through the host, with an interpreter that ends when the test says so.
extension SessionHostTests {
  private static var quick: DriverLimits {
    var limits = DriverLimits()
    limits.interruptDelay = .milliseconds(1)
    limits.interruptInterval = .milliseconds(1)
    limits.lateJobRounds = 3
    return limits
  }

  private static var settings: DriverSettings {
    var settings = DriverSettings()
    settings.cancelInterval = .milliseconds(1)
    return settings
  }

  private func cancels(_ stage: Stage, of number: UInt64) -> Int {
    stage.spark.commands.count { $0.contains("cancelJobGroup") && $0.contains("s\(number)") }
  }

  private func cancelled(_ number: UInt64, _ text: String? = nil) -> DriverEvent.What {
    let output = text.map { StatementOutput.success([.plain($0)]) }
    return .finished(StatementID(number), .cancelled(output), atMilliseconds: 7)
  }

  @Test("A waiting statement is cancelled at once, while the one before it runs, and never runs")
  func cancelWaiting() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "holds"))
      try await stage.host.execute(request(1, "never"))
      #expect(await eventually { stage.puppet.isRunning })
      #expect(try await stage.host.cancel(StatementID(1), epoch: 1) == .waited)
      let record = await watch(stage.host) { $0.isFinished(1) }
      #expect(record.what.last == cancelled(1))
      #expect(stage.puppet.interrupts == 0)
      stage.puppet.complete(.output(.success([.plain("0")])))
      try await stage.host.execute(request(2, "now 2"))
      let rest = await watch(stage.host) { $0.isFinished(2) }
      #expect(rest.what.contains(output(0, "0")))
      #expect(stage.puppet.codes == ["holds", "now 2"])
      #expect(cancels(stage, of: 0) == 0)
    }
  }

  @Test("A running statement's jobs are ended again and again, it is interrupted, and tells it")
  func cancelRunning() async throws {
    try await withSession(limits: Self.quick, settings: Self.settings) { stage in
      try await stage.host.execute(request(0, "stubborn"))
      #expect(await eventually { stage.puppet.isRunning })
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .ran)
      #expect(await eventually { stage.puppet.interrupts >= 3 && cancels(stage, of: 0) >= 3 })
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .ran)
      stage.puppet.complete(.output(.success([.plain("done")])))
      let record = await watch(stage.host) { $0.isFinished(0) }
      #expect(record.what.suffix(2) == [.state(.idle), cancelled(0, "done")])
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .over)
      // The next one is left alone.
      let interrupts = stage.puppet.interrupts
      try await stage.host.execute(request(1, "now 1"))
      _ = await watch(stage.host) { $0.isFinished(1) }
      #expect(stage.puppet.interrupts == interrupts)
      #expect(cancels(stage, of: 1) == 0)
    }
  }

  @Test("Code that heeds the interrupt ends by it; jobs that it left are ended after it")
  func interruptible() async throws {
    var limits = Self.quick
    limits.lateJobRounds = 100_000  // They go on until the test has looked.
    try await withSession(limits: limits, settings: Self.settings) { stage in
      try await stage.host.execute(request(0, "interruptible"))
      #expect(await eventually { stage.puppet.isRunning })
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .ran)
      let record = await watch(stage.host) { $0.isFinished(0) }
      #expect(record.what.last == cancelled(0, "interrupted"))
      let before = cancels(stage, of: 0)
      #expect(await eventually { cancels(stage, of: 0) > before })
    }
  }

  @Test("When the patience is over the statement is told, and the next waits for the real end")
  func patience() async throws {
    var settings = Self.settings
    settings.cancelTimeMax = .milliseconds(5)
    try await withSession(limits: Self.quick, settings: settings) { stage in
      try await stage.host.execute(request(0, "deaf"))
      try await stage.host.execute(request(1, "now 1"))
      #expect(await eventually { stage.puppet.isRunning })
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .ran)
      let record = await watch(stage.host) { $0.isFinished(0) }
      #expect(record.what.last == cancelled(0))
      #expect(stage.puppet.codes == ["deaf"])
      let standing = try await stage.host.attach(epoch: 1)
      #expect(standing.state == .busy)
      // Its code and its jobs are pressed on to end.
      let (interrupts, jobs) = (stage.puppet.interrupts, cancels(stage, of: 0))
      #expect(
        await eventually {
          stage.puppet.interrupts > interrupts && cancels(stage, of: 0) > jobs
        })
      stage.puppet.complete(.output(.success([.plain("late")])))
      let rest = await watch(stage.host) { $0.isFinished(1) }
      #expect(
        rest.what.suffix(3) == [
          .started(StatementID(1), atMilliseconds: 7), .state(.idle), output(1, "now 1"),
        ])
    }
  }

  @Test("A Spark that cannot be asked to end jobs holds up nothing")
  func noSpark() async throws {
    let script: ScriptedGateway.Script = {
      $0.contains("cancelJobGroup") ? "!xsno" : ScriptedSpark.answer(to: $0)
    }
    try await withSession(limits: Self.quick, settings: Self.settings, script: script) { stage in
      try await stage.host.execute(request(0, "interruptible"))
      #expect(await eventually { stage.puppet.isRunning })
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .ran)
      let record = await watch(stage.host) { $0.isFinished(0) }
      #expect(record.what.last == cancelled(0, "interrupted"))
    }
  }

  @Test("The end of the session ends a statement that is being cancelled")
  func endWhileCancelling() async throws {
    try await withSession(limits: Self.quick, settings: Self.settings) { stage in
      try await stage.host.execute(request(0, "stubborn"))
      #expect(await eventually { stage.puppet.isRunning })
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .ran)
      try await stage.host.endSession()
      guard case .success = await stage.running.value else {
        Issue.record("the end is no failure")
        return
      }
      #expect(try await stage.host.cancel(StatementID(0), epoch: 1) == .over)
    }
  }

  @Test("A server with an older lease cancels nothing")
  func oldLeaseCancel() async throws {
    try await withSession { stage in
      try await stage.host.execute(request(0, "holds", epoch: 2))
      #expect(await eventually { stage.puppet.isRunning })
      let refused = await #expect(throws: LivyError.self) {
        try await stage.host.cancel(StatementID(0), epoch: 1)
      }
      #expect(refused?.code == .driverRefused)
      #expect(stage.puppet.isRunning)
    }
  }
}
