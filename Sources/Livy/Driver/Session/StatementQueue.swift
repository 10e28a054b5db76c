// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The one queue over all kinds of a session's statements: in the order of their ids, one at a
/// time.
///
///     notStarted -> starting -> ready <-> running -> ... -> ended
///                       \         \          \
///                        `---------`----------`-> failed -> ended
///
/// Ids are counted from 0 without gaps. An id that was seen changes nothing. One that comes early
/// (calls overtake each other) waits for those before it. Every statement that was taken ends with
/// `finished`, but for the orderly end.
package struct StatementQueue: Sendable {
  private enum Phase: Equatable {
    case notStarted
    case starting
    case ready
    case running(StatementID)
    case failed(StatementFailure)
    case ended
  }

  private let limits: DriverLimits
  private var phase: Phase = .notStarted
  /// Taken and not begun, by id.
  private var waiting: [UInt64: ExecuteRequest] = [:]
  private var waitingCodeBytes = 0
  /// Refused ids that are still to come: the server ends those statements itself and goes on with
  /// the next.
  private var refused: Set<UInt64> = []
  /// The id that runs next: every lower one has begun.
  private var next: UInt64 = 0
  /// What the events said last.
  package private(set) var told: InterpreterState = .notStarted

  package init(limits: DriverLimits = DriverLimits()) {
    self.limits = limits
  }

  package enum Acceptance: Equatable {
    case taken
    /// Seen before: nothing changes.
    case known
    /// Too many wait, or too much code. The id is used up: those after it do not wait for it.
    case full
    case ended
  }

  /// A new statement. After `.taken` ask `take`.
  package mutating func accept(_ request: ExecuteRequest) -> Acceptance {
    let id = request.statement.number
    if phase == .ended { return .ended }
    if id < next || waiting[id] != nil || refused.contains(id) { return .known }
    let bytes = request.code.utf8.count
    guard waiting.count < limits.waitingStatementsMax,
      bytes <= limits.waitingCodeBytesMax - waitingCodeBytes
    else {
      refused.insert(id)
      skipRefused()
      return .full
    }
    waiting[id] = request
    waitingCodeBytes += bytes
    return .taken
  }

  /// The application is being made.
  package mutating func start() -> [DriverEvent.What] {
    guard phase == .notStarted else { return [] }
    phase = .starting
    return tell(.starting)
  }

  /// Application and first interpreter are there.
  package mutating func ready() -> [DriverEvent.What] {
    guard phase == .starting else { return [] }
    phase = .ready
    return waiting[next] == nil ? tell(.idle) : []
  }

  package enum Turn: Equatable {
    case run(ExecuteRequest, telling: [DriverEvent.What])
    /// Nothing to run now; events of statements that will never run.
    case wait(telling: [DriverEvent.What])
    case end
  }

  /// What the one runner does next.
  package mutating func take(atMilliseconds now: Int64) -> Turn {
    switch phase {
    case .ended: return .end
    case .notStarted, .starting, .running: return .wait(telling: [])
    case .failed(let failure): return .wait(telling: finishWaiting(failure, now))
    case .ready:
      guard let request = popNext() else { return .wait(telling: []) }
      phase = .running(request.statement)
      let events = tell(.busy) + [.started(request.statement, atMilliseconds: now)]
      return .run(request, telling: events)
    }
  }

  /// The running statement came to its output. `idle` is told before the last one's `finished`:
  /// clients ask for the state as soon as they see the result.
  package mutating func finish(
    _ id: StatementID, _ output: StatementOutput, atMilliseconds now: Int64
  ) -> [DriverEvent.What] {
    guard phase == .running(id) else { return [] }  // The session ended meanwhile.
    phase = .ready
    let state = waiting[next] == nil ? tell(.idle) : []
    return state + [.finished(id, .output(output), atMilliseconds: now)]
  }

  /// The session can run nothing more: an interpreter died, or the start failed. The running
  /// statement, those that wait, and those that come later end with `failure`.
  package mutating func fail(
    _ failure: StatementFailure, atMilliseconds now: Int64
  ) -> [DriverEvent.What] {
    switch phase {
    case .ended, .failed:
      return []  // The first failure counts.
    case .notStarted, .starting, .ready:
      phase = .failed(failure)
      return tell(.error) + finishWaiting(failure, now)
    case .running(let id):
      phase = .failed(failure)
      let finished = DriverEvent.What.finished(id, .failure(failure), atMilliseconds: now)
      return tell(.error) + [finished] + finishWaiting(failure, now)
    }
  }

  /// Orderly end: nothing runs any more, and nobody is told.
  package mutating func end() {
    phase = .ended
    waiting = [:]
    waitingCodeBytes = 0
  }

  package var isEnded: Bool { phase == .ended }

  private mutating func tell(_ state: InterpreterState) -> [DriverEvent.What] {
    guard told != state else { return [] }
    told = state
    return [.state(state)]
  }

  private mutating func popNext() -> ExecuteRequest? {
    guard let request = waiting.removeValue(forKey: next) else { return nil }
    waitingCodeBytes -= request.code.utf8.count
    next += 1
    skipRefused()
    return request
  }

  /// An id that was refused never comes again, and must not hold back those after it.
  private mutating func skipRefused() {
    while refused.remove(next) != nil { next += 1 }
  }

  private mutating func finishWaiting(
    _ failure: StatementFailure, _ now: Int64
  ) -> [DriverEvent.What] {
    var events: [DriverEvent.What] = []
    while let request = popNext() {
      events.append(
        .finished(request.statement, .failure(failure), atMilliseconds: now))
    }
    return events
  }
}
