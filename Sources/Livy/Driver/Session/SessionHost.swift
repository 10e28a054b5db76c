// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import LivyPy4J
package import Transport

/// What a session is told when it is made.
package struct SessionPlan: Sendable {
  package var kind: SessionKind
  package var settings: DriverSettings
  package var limits = DriverLimits()
  package var interpreters: InterpreterFactory
  package var jobs: JobRunnerFactory = { _ in nil }
  package var jobLimits = JobLimits()
  /// Shared with Python that was started before there was an application.
  package var pythonFiles = PythonFiles()
  /// Milliseconds since 1970.
  package var clock: @Sendable () -> Int64 = WallClock.milliseconds

  package init(
    kind: SessionKind, settings: DriverSettings, interpreters: @escaping InterpreterFactory
  ) {
    self.kind = kind
    self.settings = settings
    self.interpreters = interpreters
  }
}

/// One session in its driver: makes the Spark application, runs the statements, and tells what
/// happens. The server reaches it as a `SessionDriver`; the driver's main calls `run` once and ends
/// the process when it returns.
package actor SessionHost {
  package nonisolated let loop: any Loop
  private let gateway: Gateway
  let plan: SessionPlan
  private(set) var phase: Phase = .starting(nil)
  var queue: StatementQueue
  private var log: EventLog
  let desk: JobDesk
  /// The highest lease that a server showed.
  private var epoch: UInt64 = 0
  /// How many places are being completed.
  var completions = 0
  /// What the running statement printed and no event has told.
  var printed = PrintedText()
  /// Of the running statement.
  var attendance: Attendance?
  var changes = WaitingTasks()
  var pauses = WaitingTasks()
  /// On which Spark makes its SQL ready, as long as that takes.
  var awakening: GatewayConnection?

  enum Phase {
    /// With the connection that makes the application, once there is one.
    case starting(GatewayConnection?)
    case serving(Workshop)
    case failed(StartFailure)
  }

  /// What statements are run with.
  struct Workshop {
    var application: SparkApplication
    var control: GatewayConnection
    var rack: InterpreterRack
    var meter: ProgressMeter
    var canceller: JobCanceller
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  package init(_ plan: SessionPlan, gateway: Gateway) {
    self.plan = plan
    self.gateway = gateway
    loop = gateway.loop
    queue = StatementQueue(limits: plan.limits)
    log = EventLog(limits: plan.limits)
    desk = JobDesk(
      limits: plan.jobLimits, settings: plan.settings, runners: plan.jobs, on: gateway.loop)
  }

  /// Starts the application and the session's own interpreter, then runs statements until
  /// `endSession` or until its task is cancelled; both end what runs. When it returns, interpreters
  /// and application are stopped. Spark may take its time to stop: the caller holds the deadline.
  package func run() async throws(StartFailure) {
    record(queue.start())
    let failure = await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await self.waitForEnd()
        await self.abandon()
      }
      let failure = await startAndServe()
      endNow()
      return failure
    }
    if let failure { throw failure }
  }
}

// MARK: Start and end

extension SessionHost {
  private func startAndServe() async -> StartFailure? {
    do {
      let workshop = try await prepare()
      await serve(workshop)
      await close(workshop)
      return nil
    } catch {
      // A start that was broken off by the orderly end has not failed.
      guard !queue.isEnded else { return nil }
      phase = .failed(error)
      let said = StatementFailure(name: "Error", value: error.reason, traceback: [])
      record(queue.fail(said, atMilliseconds: plan.clock()))
      await desk.fail(error.reason)
      return error
    }
  }

  private func prepare() async throws(StartFailure) -> Workshop {
    let control: GatewayConnection
    let application: SparkApplication
    do {
      control = try await gateway.open()
      phase = .starting(control)
      application = try await SparkApplication.start(
        through: gateway, on: control, pythonFiles: plan.pythonFiles)
    } catch {
      throw StartFailure(error)
    }
    // Goes on beside the interpreter's start: neither needs the other.
    async let failedProof = failedProof(of: application, on: control)
    await desk.open(application)
    let rack = InterpreterRack(application, make: plan.interpreters)
    let meter = ProgressMeter(application, jobsMax: plan.limits.jobsPerLookMax)
    let workshop = Workshop(
      application: application, control: control, rack: rack, meter: meter,
      canceller: JobCanceller(application))
    if case .one(let kind) = plan.kind {
      do {
        _ = try await rack.interpreter(for: kind)
      } catch {
        // Else the proof, which may take long, would be waited for.
        await control.close()
        throw StartFailure(error)
      }
    }
    if let failure = await failedProof {
      await rack.stop()
      throw failure
    }
    phase = .serving(workshop)
    record(queue.ready())
    changes.wakeAll()
    return workshop
  }

  private func waitForEnd() async {
    while true {
      let seen = changes.wakes
      guard !queue.isEnded, !Task.isCancelled else { return }
      await change(since: seen)
    }
  }

  /// Breaks off what would keep `run` from returning.
  private func abandon() async {
    endNow()
    await awakening?.close()
    await desk.stop()
    switch phase {
    case .starting(let control): await control?.close()
    case .serving(let workshop): await workshop.rack.stop()
    case .failed: break
    }
  }

  private func endNow() {
    queue.end()
    changes.wakeAll()
  }

  private func close(_ workshop: Workshop) async {
    await workshop.rack.stop()
    await workshop.meter.close()
    await workshop.canceller.close()
    // Fails when the JVM went first: nothing is left to stop then.
    try? await workshop.application.stop(on: workshop.control)
    await workshop.control.close()
  }
}

// MARK: Statements

extension SessionHost {
  private func serve(_ workshop: Workshop) async {
    await withDiscardingTaskGroup { aftermath in
      aftermath.addTask { await self.awakenSQL(of: workshop.application) }
      await serve(workshop, &aftermath)
      aftermath.cancelAll()
    }
  }

  private func serve(_ workshop: Workshop, _ aftermath: inout DiscardingTaskGroup) async {
    while true {
      let seen = changes.wakes
      if log.isFull, !queue.isEnded {
        await change(since: seen)
        continue
      }
      switch queue.take(atMilliseconds: plan.clock()) {
      case .end: return
      case .wait(let events):
        record(events)
        await change(since: seen)
      case .run(let request, let events):
        record(events)
        let outcome = await outcome(of: request, in: workshop)
        let wasCancelled = queue.wasCancelled(request.statement)
        end(request, with: outcome)
        if wasCancelled {
          aftermath.addTask {
            await self.endLateJobs(of: request.statement, through: workshop.canceller)
          }
        }
      }
    }
  }

  private func end(_ request: ExecuteRequest, with outcome: RunOutcome) {
    let now = plan.clock()
    tellPrinted()
    printed = PrintedText()
    switch outcome {
    case .output(let output):
      record(queue.finish(request.statement, output, atMilliseconds: now))
    case .died(let reason):
      let failure = StatementFailure(name: "Error", value: "Interpreter died:\n\(reason)")
      record(queue.fail(failure, atMilliseconds: now))
    }
  }

  private func outcome(
    of request: ExecuteRequest, in workshop: Workshop
  ) async -> RunOutcome {
    beginAttendance(to: request.statement, in: workshop)
    let outcome = await run(request, in: workshop)
    await endAttendance()
    return outcome
  }

  private func run(_ request: ExecuteRequest, in workshop: Workshop) async -> RunOutcome {
    let statement = request.statement
    do {
      let interpreter = try await workshop.rack.interpreter(for: request.kind)
      guard !queue.wasCancelled(statement), !queue.isEnded else {
        return .output(.failure(.cancelledEarly))
      }
      attendance?.interpreter = interpreter
      return await interpreter.run(request.code, statement: statement) { [weak self] text in
        self?.assumeIsolated { $0.tell(text, printedBy: statement) }
      }
    } catch {
      return .output(.failure(StatementFailure(notStarted: error)))
    }
  }

  func record(_ events: [DriverEvent.What]) {
    guard !events.isEmpty else { return }
    for event in events { log.append(event) }
    changes.wakeAll()
  }
}

// MARK: The server's side

extension SessionHost: SessionDriver {
  /// The start itself has run a job.
  package func ping() async throws(LivyError) -> ApplicationFacts {
    try await serving().application.facts
  }

  /// Waits until the session serves, or never will.
  func serving() async throws(LivyError) -> Workshop {
    while true {
      let seen = changes.wakes
      switch phase {
      case .failed(let failure):
        throw LivyError(.launchFailed, failure.reason, cause: failure)
      case .serving(let workshop) where !queue.isEnded: return workshop
      case .starting where !queue.isEnded:
        guard !Task.isCancelled else { throw LivyError(.cancelled, "the call was cancelled") }
        await change(since: seen)
      case .starting, .serving: throw ended
      }
    }
  }

  package func execute(_ request: ExecuteRequest) async throws(LivyError) {
    try obey(request.epoch)
    switch queue.accept(request) {
    case .taken: changes.wakeAll()
    case .known: break
    case .full: throw LivyError(.tooMany, "too many statements wait in the driver; try later")
    case .ended: throw ended
    }
  }

  package func attach(epoch: UInt64) async throws(LivyError) -> DriverStanding {
    try obey(epoch)
    return DriverStanding(
      state: queue.told, lastEvent: log.last, lastJob: await desk.last, held: queue.held)
  }

  package func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError) {
    try obey(epoch)
    var seen = after
    while !Task.isCancelled {
      let wakes = changes.wakes
      try obey(epoch)
      switch log.next(after: seen) {
      case .event(let event):
        await deliver(event)
        seen = event.number
      case .nothingYet:
        guard !queue.isEnded else { throw ended }
        await change(since: wakes)
      case .forgotten:
        throw LivyError(
          .driverRefused,
          "events from \(seen) on are gone: all up to \(log.acknowledged) were acknowledged")
      case .unknown:
        throw LivyError(.driverRefused, "this driver has no event \(seen), only \(log.last)")
      }
    }
  }

  package func acknowledge(through number: UInt64) async throws(LivyError) {
    guard log.acknowledge(through: number) else {
      throw LivyError(.driverRefused, "this driver has no event \(number), only \(log.last)")
    }
    changes.wakeAll()
  }

  package func endSession() async throws(LivyError) {
    endNow()
  }

  var ended: LivyError { LivyError(.driverLost, "the session has ended") }

  /// A server whose lease was taken over has no say any more.
  func obey(_ shown: UInt64) throws(LivyError) {
    guard shown >= epoch else {
      throw LivyError(
        .driverRefused, "the lease \(shown) on this session is over: another has \(epoch)")
    }
    epoch = shown
  }
}

extension StatementFailure {
  /// Livy's words for an interpreter that could not start, with the reason behind them.
  fileprivate init(notStarted error: InterpreterError) {
    let lines = error.trace.split(separator: "\n").map { "\($0)\n" }
    self.init(
      name: "InterpreterError", value: "Fail to start interpreter: \(error.message)",
      traceback: lines)
  }
}
