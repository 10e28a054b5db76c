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
/// `finished`, but for the orderly end. How one is cancelled stands in `StatementQueue+Cancel`.
package struct StatementQueue: Sendable {
  enum Phase: Equatable {
    case notStarted
    case starting
    case ready
    case running(Run)
    case failed(StatementFailure)
    case ended
  }

  /// The statement that runs, and whether somebody still wants to know.
  struct Run: Equatable {
    enum Fate: Equatable {
      case wanted
      case cancelled
      /// Cancelled, and told as finished since it took too long. It holds its place until its code
      /// has really ended.
      case abandoned
    }

    let statement: StatementID
    var fate = Fate.wanted
  }

  let limits: DriverLimits
  var phase: Phase = .notStarted
  /// Taken and not begun, by id.
  private(set) var waiting: [UInt64: ExecuteRequest] = [:]
  private var waitingCodeBytes = 0
  /// Ids that never run and whose turn has not come: cancelled, or refused, in which case the
  /// server ends the statement itself. Those after them do not wait for them.
  private(set) var skipped: Set<UInt64> = []
  /// The id that runs next: every lower one has begun, or never will.
  private(set) var next: UInt64 = 0
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
    if id < next || waiting[id] != nil || skipped.contains(id) { return .known }
    let bytes = request.code.utf8.count
    guard waiting.count < limits.waitingStatementsMax,
      bytes <= limits.waitingCodeBytesMax - waitingCodeBytes
    else {
      skip(id)
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
    return tellIfIdle()
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
      phase = .running(Run(statement: request.statement))
      let events = tell(.busy) + [.started(request.statement, atMilliseconds: now)]
      return .run(request, telling: events)
    }
  }

  /// The running statement came to its output. `idle` is told before the last one's `finished`:
  /// clients ask for the state as soon as they see the result.
  package mutating func finish(
    _ id: StatementID, _ output: StatementOutput, atMilliseconds now: Int64
  ) -> [DriverEvent.What] {
    guard case .running(let run) = phase, run.statement == id else {
      return []  // The session ended meanwhile.
    }
    phase = .ready
    return tellIfIdle() + run.finished(output, now)
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
    case .running(let run):
      phase = .failed(failure)
      return tell(.error) + run.finished(.failure(failure), now) + finishWaiting(failure, now)
    }
  }

  /// Orderly end: nothing runs any more, and nobody is told.
  package mutating func end() {
    phase = .ended
    waiting = [:]
    waitingCodeBytes = 0
  }

  package var isEnded: Bool { phase == .ended }

  /// `idle`, unless the next statement is there already.
  mutating func tellIfIdle() -> [DriverEvent.What] {
    waiting[next] == nil ? tell(.idle) : []
  }

  private mutating func tell(_ state: InterpreterState) -> [DriverEvent.What] {
    guard told != state else { return [] }
    told = state
    return [.state(state)]
  }

  private mutating func popNext() -> ExecuteRequest? {
    guard let request = waiting.removeValue(forKey: next) else { return nil }
    waitingCodeBytes -= request.code.utf8.count
    next += 1
    passSkipped()
    return request
  }

  /// The statement never runs, and must not hold back those after it.
  mutating func skip(_ id: UInt64) {
    if let request = waiting.removeValue(forKey: id) {
      waitingCodeBytes -= request.code.utf8.count
    }
    skipped.insert(id)
    passSkipped()
  }

  private mutating func passSkipped() {
    while skipped.remove(next) != nil { next += 1 }
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

extension StatementQueue.Run {
  /// What its end tells: nothing, if it was told before.
  func finished(_ output: StatementOutput, _ now: Int64) -> [DriverEvent.What] {
    switch fate {
    case .wanted: [.finished(statement, .output(output), atMilliseconds: now)]
    case .cancelled: [.finished(statement, .cancelled(output), atMilliseconds: now)]
    case .abandoned: []
    }
  }
}
