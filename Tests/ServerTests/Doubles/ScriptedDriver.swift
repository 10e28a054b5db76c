// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Synchronization

/// A driver whose events a test writes.
final class ScriptedDriver: SessionDriver {
  private struct State {
    var requests: [ExecuteRequest] = []
    var refusal: LivyError?
    var cancels: [StatementID] = []
    var stage: Result<StatementStage, LivyError> = .success(.over)
    var acknowledged: UInt64 = 0
    var lastEvent: UInt64 = 0
    var ends = 0
    var jobs: [Job] = []
    var reports: [JobNumber: JobReport] = [:]
    var cancelledJobs: [JobNumber] = []
    var additions: [AddedResource] = []
    var epochs: [UInt64] = []
    var watchedAfter: UInt64?
  }

  private let script: Script
  private let application: ScriptedApplication?
  private let state = Mutex(State())
  private let cutGate = Gate<LivyError>()
  private let events = Mutex(Events())

  /// What was sent, and who hears what comes. Watches may follow each other on one channel.
  private struct Events {
    var sent: [DriverEvent] = []
    var watches: [AsyncStream<DriverEvent>.Continuation] = []
    var isCut = false
  }

  /// - Parameter after: events that this driver had on an earlier channel.
  init(_ script: Script, of application: ScriptedApplication?, after: UInt64 = 0) {
    self.script = script
    self.application = application
    state.withLock { $0.lastEvent = after }
  }

  var requests: [ExecuteRequest] { state.withLock { $0.requests } }
  var acknowledged: UInt64 { state.withLock { $0.acknowledged } }
  var lastEvent: UInt64 { state.withLock { $0.lastEvent } }
  /// The leases that a server showed when it took the session up.
  var epochs: [UInt64] { state.withLock { $0.epochs } }
  /// The last event that the server had when it began to watch.
  var watchedAfter: UInt64? { state.withLock { $0.watchedAfter } }
  /// How often it was asked to end.
  var ends: Int { state.withLock { $0.ends } }

  /// What it was asked to cancel.
  var cancels: [StatementID] { state.withLock { $0.cancels } }

  /// The answer to the next cancellations.
  func answerCancel(_ stage: Result<StatementStage, LivyError>) {
    state.withLock { $0.stage = stage }
  }

  func refuse(_ error: LivyError?) { state.withLock { $0.refusal = error } }

  /// Sends events, numbered as they should be.
  func emit(_ whats: DriverEvent.What...) {
    for what in whats {
      let number = state.withLock { state in
        state.lastEvent += 1
        return state.lastEvent
      }
      emitRaw(DriverEvent(number: number, what: what))
    }
  }

  func emitRaw(_ event: DriverEvent) {
    events.withLock { events in
      events.sent.append(event)
      for watch in events.watches { watch.yield(event) }
    }
  }

  /// Runs a statement from start to end.
  func run(_ id: UInt64, _ text: String = "ok") {
    emit(
      .state(.busy), .started(StatementID(id), atMilliseconds: 5), .state(.idle),
      .finished(StatementID(id), .output(.success([.plain(text)])), atMilliseconds: 9))
  }

  /// The connection breaks. What was sent before still arrives.
  func cut() {
    cutGate.open(LivyError(.driverLost, "the connection was cut"))
    events.withLock { events in
      events.isCut = true
      for watch in events.watches { watch.finish() }
    }
  }

  func ping() async throws(LivyError) -> ApplicationFacts {
    try await script.pass(.ping, cut: cutGate)
    return script.facts.withLock { $0 }
  }

  func execute(_ request: ExecuteRequest) async throws(LivyError) {
    if cutGate.isOpen { throw await cutGate.value() }
    let refusal = state.withLock { state in
      state.requests.append(request)
      return state.refusal
    }
    if let refusal { throw refusal }
  }

  func attach(epoch: UInt64) async throws(LivyError) -> DriverStanding {
    try await script.pass(.attach, cut: cutGate)
    state.withLock { $0.epochs.append(epoch) }
    let interpreter = script.standing.withLock { $0 }
    return DriverStanding(state: interpreter, lastEvent: lastEvent, lastJob: JobNumber(0))
  }

  func cancel(
    _ statement: StatementID, epoch: UInt64
  ) async throws(LivyError) -> StatementStage {
    try state.withLock { state in
      state.cancels.append(statement)
      return state.stage
    }.get()
  }

  func complete(_ request: CompletionRequest) async throws(LivyError) -> [String] {
    if let refusal = state.withLock({ $0.refusal }) { throw refusal }
    return [request.kind.rawValue, request.code, String(request.cursor)]
  }

  var jobs: [Job] { state.withLock { $0.jobs } }
  var cancelledJobs: [JobNumber] { state.withLock { $0.cancelledJobs } }
  var additions: [AddedResource] { state.withLock { $0.additions } }

  /// What it says of a job from now on; an end lets `run` come back.
  func report(_ number: UInt64, _ report: JobReport) {
    state.withLock { $0.reports[JobNumber(number)] = report }
  }

  func submit(_ job: Job, epoch: UInt64) async throws(LivyError) {
    let refusal = state.withLock { state in
      state.jobs.append(job)
      return state.refusal
    }
    if let refusal { throw refusal }
  }

  func run(_ job: Job, epoch: UInt64) async throws(LivyError) -> JobReport {
    try await submit(job, epoch: epoch)
    while !Task.isCancelled {
      if let report = try await status(of: job.number), report.isFinished { return report }
      try? await Task.sleep(for: .milliseconds(1))
    }
    throw LivyError(.cancelled, "nobody waits")
  }

  func status(of job: JobNumber) async throws(LivyError) -> JobReport? {
    state.withLock { $0.reports[job] }
  }

  func cancel(_ job: JobNumber, epoch: UInt64) async throws(LivyError) {
    state.withLock { $0.cancelledJobs.append(job) }
  }

  func add(_ resource: AddedResource, epoch: UInt64) async throws(LivyError) {
    state.withLock { $0.additions.append(resource) }
  }

  func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError) {
    state.withLock { $0.watchedAfter = after }
    let (stream, watch) = AsyncStream.makeStream(of: DriverEvent.self)
    events.withLock { events in
      for event in events.sent { watch.yield(event) }
      events.watches.append(watch)
      if events.isCut { watch.finish() }
    }
    for await event in stream where event.number > after {
      await deliver(event)
    }
    if Task.isCancelled { return }
    throw await cutGate.value()
  }

  func acknowledge(through number: UInt64) async throws(LivyError) {
    state.withLock { $0.acknowledged = max($0.acknowledged, number) }
  }

  func endSession() async throws(LivyError) {
    state.withLock { $0.ends += 1 }
    try await script.pass(.endSession, cut: cutGate)
    application?.end(.status(0))
  }
}
