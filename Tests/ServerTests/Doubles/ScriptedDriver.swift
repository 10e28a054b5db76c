// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Synchronization

/// A driver whose events a test writes.
final class ScriptedDriver: SessionDriver {
  private struct State {
    var requests: [ExecuteRequest] = []
    var refusal: LivyError?
    var acknowledged: UInt64 = 0
    var lastEvent: UInt64 = 0
    var ends = 0
    var epochs: [UInt64] = []
    var watchedAfter: UInt64?
  }

  private let script: Script
  private let application: ScriptedApplication?
  private let state = Mutex(State())
  private let cutGate = Gate<LivyError>()
  private let events: AsyncStream<DriverEvent>
  private let eventsEnd: AsyncStream<DriverEvent>.Continuation

  /// - Parameter after: events that this driver had on an earlier channel.
  init(_ script: Script, of application: ScriptedApplication?, after: UInt64 = 0) {
    self.script = script
    self.application = application
    state.withLock { $0.lastEvent = after }
    (events, eventsEnd) = AsyncStream.makeStream(of: DriverEvent.self)
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

  func refuse(_ error: LivyError?) { state.withLock { $0.refusal = error } }

  /// Sends events, numbered as they should be.
  func emit(_ whats: DriverEvent.What...) {
    for what in whats {
      let number = state.withLock { state in
        state.lastEvent += 1
        return state.lastEvent
      }
      eventsEnd.yield(DriverEvent(number: number, what: what))
    }
  }

  func emitRaw(_ event: DriverEvent) { eventsEnd.yield(event) }

  /// Runs a statement from start to end.
  func run(_ id: UInt64, _ text: String = "ok") {
    emit(
      .state(.busy), .started(StatementID(id), atMilliseconds: 5), .state(.idle),
      .finished(StatementID(id), .output(.success([.plain(text)])), atMilliseconds: 9))
  }

  /// The connection breaks. What was sent before still arrives.
  func cut() {
    cutGate.open(LivyError(.driverLost, "the connection was cut"))
    eventsEnd.finish()
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
  ) async throws(LivyError) -> StatementStage { .over }

  func submit(_ job: Job, epoch: UInt64) async throws(LivyError) {}

  func run(_ job: Job, epoch: UInt64) async throws(LivyError) -> JobReport { .cancelled }

  func status(of job: JobNumber) async throws(LivyError) -> JobReport? { nil }

  func cancel(_ job: JobNumber, epoch: UInt64) async throws(LivyError) {}

  func add(_ resource: AddedResource, epoch: UInt64) async throws(LivyError) {}

  func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError) {
    state.withLock { $0.watchedAfter = after }
    for await event in events where event.number > after {
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
