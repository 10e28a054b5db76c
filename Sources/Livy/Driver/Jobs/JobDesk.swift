// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyPy4J
internal import Transport

/// Takes the jobs of a session and runs them, as `JobQueue` says, each line of them in a process of
/// its own.
actor JobDesk {
  nonisolated let loop: any Loop
  private let limits: JobLimits
  private let settings: DriverSettings
  private let make: JobRunnerFactory
  private var queue: JobQueue
  private var runners: [JobQueue.Line: any JobRunner] = [:]
  /// One for each line, from `open` to `stop`.
  private var lines: [Task<Void, Never>] = []
  private var changes = WaitingTasks()

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(
    limits: JobLimits, settings: DriverSettings, runners: @escaping JobRunnerFactory,
    on loop: any Loop
  ) {
    self.limits = limits
    self.settings = settings
    make = runners
    self.loop = loop
    queue = JobQueue(limits: limits)
  }

  /// The highest number that was taken.
  var last: JobNumber { queue.last }

  /// The Spark session exists: from here on jobs run.
  func open(_ application: SparkApplication) {
    queue.open()
    guard lines.isEmpty, !queue.isEnded else { return }
    lines = JobQueue.Line.allCases.map { line in
      Task(executorPreference: loop.taskExecutor) { await self.serve(line, of: application) }
    }
  }

  /// The Spark session will never exist.
  func fail(_ reason: String) {
    queue.fail(reason)
    changes.wakeAll()
  }

  /// Ends what runs, and returns when nothing does.
  func stop() async {
    queue.end()
    changes.wakeAll()
    for runner in runners.values { await runner.stop() }
    for line in lines { await line.value }
  }
}

// MARK: What the server asks

extension JobDesk {
  func submit(_ job: Job) throws(LivyError) {
    try accept(job, on: .submitted)
  }

  /// Returns the job's end. The job goes on if the caller does not.
  func run(_ job: Job) async throws(LivyError) -> JobReport {
    try accept(job, on: .direct)
    while !Task.isCancelled {
      let seen = changes.wakes
      guard let report = queue.report(of: job.number) else {
        throw LivyError(.notFound, "job \(job.number) is no longer kept")
      }
      if report.isFinished { return report }
      await change(since: seen)
    }
    throw LivyError(.cancelled, "nobody waits for job \(job.number) any more")
  }

  func report(of number: JobNumber) -> JobReport? {
    queue.report(of: number)
  }

  func cancel(_ number: JobNumber) {
    queue.cancel(number)
    changes.wakeAll()
  }

  private func accept(_ job: Job, on line: JobQueue.Line) throws(LivyError) {
    switch queue.accept(job, on: line) {
    case .taken: changes.wakeAll()
    case .known: break
    case .tooLarge:
      throw LivyError(
        .invalidRequest,
        "a job's program may have \(limits.programBytesMax) bytes; this one has "
          + "\(job.program.count): bring its data as a file")
    case .full: throw LivyError(.tooMany, "too many jobs wait in the driver; try later")
    case .ended: throw LivyError(.driverLost, "the session has ended")
    }
  }
}

// MARK: Running

extension JobDesk {
  private func serve(_ line: JobQueue.Line, of application: SparkApplication) async {
    while !queue.isEnded {
      let seen = changes.wakes
      guard let job = queue.take(from: line) else {
        await change(since: seen)
        continue
      }
      let report = await report(of: job, on: line, of: application)
      let wasCancelled = queue.isCancelling(job.number)
      queue.finish(line, report)
      changes.wakeAll()
      if wasCancelled { await endStragglers(of: job.number, in: application) }
    }
  }

  /// A program that was interrupted while the JVM was about to start its Spark job has ended, and
  /// its Spark job starts all the same: it would hold the cores with nobody left to end it.
  private func endStragglers(of number: JobNumber, in application: SparkApplication) async {
    let end = loop.now.advanced(by: limits.stragglerTime)
    while !Task.isCancelled, !queue.isEnded, loop.now < end {
      await application.cancelJobs(in: number.group)
      try? await Task.sleep(for: settings.cancelInterval)
    }
  }

  private func report(
    of job: Job, on line: JobQueue.Line, of application: SparkApplication
  ) async -> JobReport {
    let runner: any JobRunner
    do {
      runner = try await self.runner(of: line, in: application)
    } catch {
      let trace = error.trace.isEmpty ? "" : "\n" + error.trace
      return .failed("The job was not run: \(error.message)\(trace)")
    }
    guard !queue.isCancelling(job.number), !queue.isEnded else { return .cancelled }
    async let _ = breakOff(job.number, on: runner, of: application)
    switch await runner.run(job) {
    case .result(let result): return .succeeded(result)
    case .failed(let reason): return .failed(reason)
    case .died(let reason):
      runners[line] = nil
      await runner.stop()
      return .failed("The process that ran the job is gone: \(reason)")
    }
  }

  private func runner(
    of line: JobQueue.Line, in application: SparkApplication
  ) async throws(InterpreterError) -> any JobRunner {
    if let runner = runners[line] { return runner }
    guard let runner = make(application) else {
      throw InterpreterError("this driver runs no jobs")
    }
    runners[line] = runner
    do {
      try await runner.start()
    } catch {
      runners[line] = nil
      await runner.stop()
      throw error
    }
    return runner
  }

  /// Waits until a running job is cancelled, and then asks it to end, its Spark jobs and its program,
  /// until it does; after `cancelTimeMax` its process is ended. The end of the job cancels this.
  private func breakOff(
    _ number: JobNumber, on runner: any JobRunner, of application: SparkApplication
  ) async {
    while true {
      let seen = changes.wakes
      if queue.isCancelling(number) { break }
      guard !Task.isCancelled else { return }
      await change(since: seen)
    }
    let end = loop.now.advanced(by: settings.cancelTimeMax)
    var nextInterrupt = loop.now
    while !Task.isCancelled, loop.now < end {
      await application.cancelJobs(in: number.group)
      if loop.now >= nextInterrupt {
        nextInterrupt = loop.now.advanced(by: limits.interruptInterval)
        await runner.interrupt()
      }
      try? await Task.sleep(for: settings.cancelInterval)
    }
    guard !Task.isCancelled else { return }
    await runner.stop()
  }

  /// Returns after the next change, or when the task is cancelled.
  private func change(since seen: UInt64) async {
    let ticket = changes.ticket(since: seen)
    await withTaskCancellationHandler {
      await withCheckedContinuation { changes.park(ticket, $0) }
    } onCancel: {
      loop.submit { self.assumeIsolated { $0.changes.wake(ticket) } }
    }
  }
}
