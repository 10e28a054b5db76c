// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyDriver
import LivyPy4J
import TestSupport
import Testing
import Transport

@Suite("Jobs of a session host")
struct JobDeskTests {
  /// A session host over a scripted Spark whose jobs are run by puppets.
  private func withSession(
    script: @escaping ScriptedGateway.Script = ScriptedSpark.answer,
    settings: DriverSettings = DriverSettings(), limits: JobLimits = JobLimits(),
    _ body: (SessionHost, PuppetRunners, ScriptedGateway) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "jobs")
    let spark = ScriptedGateway(on: loop, script: script)
    let gateway = Gateway(loop: loop, secret: "secret") { await spark.dial() }
    let runners = PuppetRunners()
    var plan = SessionPlan(kind: .shared, settings: settings) { _, _ in nil }
    plan.jobs = { _ in runners.make() }
    plan.jobLimits = limits
    let host = SessionHost(plan, gateway: gateway)
    let running = Task { try? await host.run() }
    var problem: (any Error)?
    do { try await body(host, runners, spark) } catch { problem = error }
    try await host.endSession()
    _ = await running.value
    await loop.stop()
    if let problem { throw problem }
  }

  private func job(_ number: UInt64, _ program: String = "return") -> Job {
    Job(number: JobNumber(number), kind: .pyspark, program: Array(program.utf8))
  }

  private func ends(_ host: SessionHost, _ number: UInt64) async throws -> JobReport? {
    #expect(
      await eventually {
        let report = try? await host.status(of: JobNumber(number))
        return report?.isFinished == true
      })
    return try await host.status(of: JobNumber(number))
  }

  @Test("Submitted jobs run in one process, one after the other; a driver knows its last number")
  func submit() async throws {
    try await withSession { host, runners, _ in
      try await host.submit(job(1), epoch: 1)
      try await host.submit(job(2, "raise"), epoch: 1)
      try await host.submit(job(2), epoch: 1)
      #expect(try await ends(host, 2) == .failed("Client job error:raise"))
      #expect(try await host.status(of: JobNumber(1)) == .succeeded(Array("return".utf8)))
      #expect(runners.all.count == 1)
      #expect(try await host.attach(epoch: 1).lastJob == JobNumber(2))
      #expect(try await host.status(of: JobNumber(3)) == nil)
    }
  }

  @Test("A job that is run answers with its end, while another holds the queue")
  func run() async throws {
    try await withSession { host, runners, _ in
      try await host.submit(job(1, "hold"), epoch: 1)
      #expect(await eventually { runners.all.first?.isRunning == true })
      #expect(try await host.run(job(2), epoch: 1) == .succeeded(Array("return".utf8)))
      #expect(try await host.run(job(2, "raise"), epoch: 1) == .succeeded(Array("return".utf8)))
      #expect(try await host.status(of: JobNumber(1)) == .started)
      #expect(runners.all.count == 2)
    }
  }

  @Test("Jobs that come before Spark is there wait for it")
  func early() async throws {
    let gate = Locked(false)
    let script: ScriptedGateway.Script = { command in
      if command.contains("getOrCreate"), !gate.withLock({ $0 }) { return nil }
      return ScriptedSpark.answer(to: command)
    }
    try await withSession(script: script) { host, runners, spark in
      #expect(await eventually { spark.commands.contains { $0.contains("getOrCreate") } })
      try await host.submit(job(1), epoch: 1)
      #expect(try await host.status(of: JobNumber(1)) == .queued)
      #expect(runners.all.isEmpty)
    }
  }

  @Test("Without Spark a job fails with Spark's words")
  func failedStart() async throws {
    try await withSession(script: ScriptedSpark.failingAnswer) { host, runners, _ in
      try await host.submit(job(1), epoch: 1)
      guard case .failed(let reason)? = try await ends(host, 1) else {
        Issue.record("it did not fail")
        return
      }
      #expect(reason.contains("no master"))
      #expect(runners.all.isEmpty)
    }
  }

  @Test("A running job that is cancelled is interrupted, with its Spark jobs; the next one runs")
  func cancel() async throws {
    try await withSession { host, runners, spark in
      try await host.submit(job(1, "until interrupted"), epoch: 1)
      try await host.submit(job(2), epoch: 1)
      try await host.submit(job(3), epoch: 1)
      #expect(await eventually { runners.all.first?.isRunning == true })
      try await host.cancel(JobNumber(2), epoch: 1)
      try await host.cancel(JobNumber(1), epoch: 1)
      #expect(try await ends(host, 3) == .succeeded(Array("return".utf8)))
      #expect(try await host.status(of: JobNumber(1)) == .cancelled)
      #expect(try await host.status(of: JobNumber(2)) == .cancelled)
      #expect(runners.all.map(\.programs) == [["until interrupted", "return"]])
      #expect(
        spark.commands.contains { $0.contains("cancelJobGroup") && $0.contains("slivy-job-1") })
    }
  }

  @Test("A cancelled job that does not heed it loses its process; the next one gets another")
  func stubborn() async throws {
    var settings = DriverSettings()
    settings.cancelTimeMax = .milliseconds(20)
    settings.cancelInterval = .milliseconds(5)
    try await withSession(settings: settings) { host, runners, _ in
      try await host.submit(job(1, "hold"), epoch: 1)
      try await host.submit(job(2), epoch: 1)
      #expect(await eventually { runners.all.first?.isRunning == true })
      try await host.cancel(JobNumber(1), epoch: 1)
      #expect(try await ends(host, 2) == .succeeded(Array("return".utf8)))
      #expect(try await host.status(of: JobNumber(1)) == .cancelled)
      #expect(runners.all.count == 2)
    }
  }

  @Test("The death of a job's process fails that job alone")
  func death() async throws {
    try await withSession { host, runners, _ in
      try await host.submit(job(1, "die"), epoch: 1)
      try await host.submit(job(2), epoch: 1)
      #expect(try await ends(host, 2) == .succeeded(Array("return".utf8)))
      #expect(
        try await host.status(of: JobNumber(1))
          == .failed("The process that ran the job is gone: killed by signal 9"))
      #expect(runners.all.count == 2)
    }
  }

  @Test("A process that does not start fails the job with the reason")
  func noProcess() async throws {
    try await withSession { host, runners, _ in
      runners.fail(InterpreterError("no python", trace: "trace"))
      try await host.submit(job(1), epoch: 1)
      #expect(
        try await ends(host, 1) == .failed("The job was not run: no python\ntrace"))
      runners.fail(nil)
      try await host.submit(job(2), epoch: 1)
      #expect(try await ends(host, 2) == .succeeded(Array("return".utf8)))
    }
  }

  @Test("What is too large or too much is refused with the limit; so is an old lease")
  func refusals() async throws {
    var limits = JobLimits()
    limits.programBytesMax = 10
    limits.waitingMax = 1
    try await withSession(limits: limits) { host, runners, _ in
      let large = await #expect(throws: LivyError.self) {
        try await host.submit(job(1, "much too large"), epoch: 2)
      }
      #expect(large?.code == .invalidRequest)
      #expect(large?.message.contains("10 bytes") == true)
      try await host.submit(job(1, "hold"), epoch: 2)
      #expect(await eventually { runners.all.first?.isRunning == true })
      try await host.submit(job(2), epoch: 2)
      let full = await #expect(throws: LivyError.self) {
        try await host.submit(job(3), epoch: 2)
      }
      #expect(full?.code == .tooMany)
      await #expect(throws: LivyError.self) { try await host.submit(job(4), epoch: 1) }
      await #expect(throws: LivyError.self) { try await host.cancel(JobNumber(1), epoch: 1) }
    }
  }

  @Test("The end of the session ends its jobs, and who waits for one hears of it")
  func end() async throws {
    try await withSession { host, runners, _ in
      let waiting = Task { try await host.run(job(1, "hold"), epoch: 1) }
      #expect(await eventually { runners.all.first?.isRunning == true })
      try await host.endSession()
      guard case .failed = try await waiting.value else {
        Issue.record("the job ended well")
        return
      }
      #expect(runners.all.allSatisfy { $0.stops > 0 })
      await #expect(throws: LivyError.self) { try await host.submit(job(2), epoch: 1) }
    }
  }
}

/// Makes puppets, and remembers them.
final class PuppetRunners: Sendable {
  private struct State {
    var made: [PuppetRunner] = []
    var failure: InterpreterError?
  }

  private let state = Locked(State())

  var all: [PuppetRunner] { state.withLock { $0.made } }

  func fail(_ error: InterpreterError?) { state.withLock { $0.failure = error } }

  func make() -> PuppetRunner {
    state.withLock { state in
      let runner = PuppetRunner(state.failure)
      state.made.append(runner)
      return runner
    }
  }
}

/// Runs programs that say what they do: `return`, `raise`, `die`, `hold`, `until interrupted`.
final class PuppetRunner: JobRunner {
  private struct State {
    var waiting: CheckedContinuation<JobOutcome, Never>?
    var programs: [String] = []
    var stops = 0
  }

  private let startError: InterpreterError?
  private let state = Locked(State())

  init(_ startError: InterpreterError?) {
    self.startError = startError
  }

  var programs: [String] { state.withLock { $0.programs } }
  var stops: Int { state.withLock { $0.stops } }
  var isRunning: Bool { state.withLock { $0.waiting != nil } }

  func start() async throws(InterpreterError) {
    if let startError { throw startError }
  }

  func run(_ job: Job) async -> JobOutcome {
    let program = String(decoding: job.program, as: UTF8.self)
    state.withLock { $0.programs.append(program) }
    switch program {
    case "hold", "until interrupted":
      return await withCheckedContinuation { run in state.withLock { $0.waiting = run } }
    case "raise": return .failed("Client job error:raise")
    case "die": return .died(reason: "killed by signal 9")
    default: return .result(job.program)
    }
  }

  func interrupt() async {
    if programs.last == "until interrupted" { complete(.failed("KeyboardInterrupt")) }
  }

  func stop() async {
    state.withLock { $0.stops += 1 }
    complete(.died(reason: "stopped"))
  }

  private func complete(_ outcome: JobOutcome) {
    state.withLock { state in
      defer { state.waiting = nil }
      return state.waiting
    }?.resume(returning: outcome)
  }
}
