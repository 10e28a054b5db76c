// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The statements of one session, as far as the server knows them, and what of that is not written
/// to the store yet.
///
/// A statement is `waiting`, then `running`, then `available`; one that somebody cancelled is
/// `cancelling` while it runs, then `cancelled`. Those that wait or run are always kept; which
/// finished ones are is told in `StatementJournal+Retention`. What a driver reports of statements
/// that it was never sent, or that are over, is passed over: a driver's words are untrusted.
package struct StatementJournal: Equatable, Sendable {
  package let limits: JournalLimits
  var next: UInt64 = 0
  /// In ascending order of ids. A slice, since the oldest go one by one while new ones come.
  var statements: ArraySlice<Statement> = []
  var unfinished = 0
  var waiting = 0
  /// UTF-8 bytes of code of those that are not finished.
  var unfinishedCodeBytes = 0
  /// UTF-8 bytes of all that is kept of finished ones.
  var finishedBytes = 0
  /// Finished ones whose end nobody has seen.
  var unread: Set<StatementID> = []
  var settled = SettledStatements()
  /// Statements that show another state since `takeNews`.
  private var news: [StatementNews] = []
  /// Number of the newest event that was applied.
  package internal(set) var lastEvent: UInt64 = 0
  /// What the store does not have yet.
  var changes = JournalChanges()

  package init(limits: JournalLimits) {
    self.limits = limits
  }

  package var all: ArraySlice<Statement> { statements }

  /// At least one statement was not started yet.
  package var hasWaiting: Bool { waiting > 0 }

  package subscript(_ id: StatementID) -> Statement? {
    position(of: id).map { statements[$0] }
  }

  /// Takes a statement in and gives it the next number. Nil above the limits of unfinished ones.
  package mutating func accept(_ code: String, kind: StatementKind) -> Statement? {
    let bytes = code.utf8.count
    guard unfinished < limits.unfinishedMax,
      unfinished == 0 || bytes <= limits.unfinishedCodeBytesMax - unfinishedCodeBytes
    else { return nil }
    unfinishedCodeBytes += bytes
    let statement = Statement(id: StatementID(next), code: code, kind: kind)
    next += 1
    unfinished += 1
    waiting += 1
    statements.append(statement)
    changes.note(statement.id)
    return statement
  }

  /// Applies a driver's event, in order of numbers.
  package mutating func apply(_ event: DriverEvent) -> Verdict {
    guard event.number > lastEvent else { return .repeated }
    guard event.number == lastEvent + 1 else { return .gap(after: lastEvent) }
    lastEvent = event.number
    switch event.what {
    case .state: break
    case .started(let id, let at): start(id, at: at)
    case .progress(let id, let fraction): progress(id, fraction)
    case .finished(let id, let end, let at): finish(id, end, at: at)
    case .printed, .held: break
    }
    return .applied
  }

  /// Ends one statement with an output of the server's own.
  package mutating func fail(_ id: StatementID, _ failure: StatementFailure, at: Int64) {
    finish(id, .failure(failure), at: at)
  }

  /// The driver says that the statement will not run.
  package mutating func cancel(_ id: StatementID, at: Int64) {
    finish(id, .cancelled(nil), at: at)
  }

  /// The driver says that it ends the statement. Its `started` may still be on its way.
  package mutating func beginCancelling(_ id: StatementID) {
    guard let position = position(of: id) else { return }
    switch statements[position].state {
    case .waiting:
      waiting -= 1
      statements[position].state = .cancelling
    case .running: statements[position].state = .cancelling
    case .cancelling, .cancelled, .available: return  // Its end was quicker.
    }
    noteState(at: position)
  }

  /// Ends all that wait or run. Nothing of it runs again.
  package mutating func failAll(at: Int64, _ failure: (Statement) -> StatementFailure) {
    let open = statements.filter { !$0.isFinished }
    for statement in open {
      finish(statement.id, .failure(failure(statement)), at: at)
    }
  }

  private mutating func start(_ id: StatementID, at: Int64) {
    guard let position = position(of: id) else { return }
    switch statements[position].state {
    case .waiting:
      statements[position].state = .running
      statements[position].startedMilliseconds = max(0, at)
      waiting -= 1
      noteState(at: position)
    case .cancelling where statements[position].startedMilliseconds == 0:
      statements[position].startedMilliseconds = max(0, at)
      changes.note(id)
    case .running, .cancelling, .available, .cancelled: break
    }
  }

  /// Not noted as a change: the driver tells it again and again.
  private mutating func progress(_ id: StatementID, _ fraction: Double) {
    guard let position = position(of: id), fraction.isFinite else { return }
    switch statements[position].state {
    case .running, .cancelling: statements[position].progress = min(1, max(0, fraction))
    case .waiting, .available, .cancelled: break
    }
  }

  private mutating func finish(_ id: StatementID, _ end: StatementEnd, at: Int64) {
    guard let position = position(of: id), !statements[position].isFinished else { return }
    if statements[position].state == .waiting { waiting -= 1 }
    unfinished -= 1
    switch end {
    case .output(let output):
      statements[position].state = .available
      statements[position].output = output
    case .cancelled(let output):
      statements[position].state = .cancelled
      statements[position].output = output
    }
    statements[position].progress = 1
    statements[position].completedMilliseconds = max(0, at)
    unfinishedCodeBytes -= statements[position].code.utf8.count
    finishedBytes += statements[position].byteCount
    unread.insert(id)
    noteState(at: position)
    dropOldest(at: at)
  }

  private mutating func noteState(at position: Int) {
    let statement = statements[position]
    changes.note(statement.id)
    news.append(StatementNews(id: statement.id, state: statement.state))
  }

  /// Statements that came to another state since the last call, in order.
  package mutating func takeNews() -> [StatementNews] {
    defer { news = [] }
    return news
  }

  func position(of id: StatementID) -> Int? {
    let position = position(notBelow: id)
    return position < statements.endIndex && statements[position].id == id ? position : nil
  }

  /// Of the first statement with this number or a higher one; where there is none, the end.
  func position(notBelow id: StatementID) -> Int {
    var low = statements.startIndex
    var high = statements.endIndex
    while low < high {
      let middle = (low + high) / 2
      if statements[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension StatementJournal {
  package enum Verdict: Equatable, Sendable {
    case applied
    /// It was applied before.
    case repeated
    /// Events are missing: what follows cannot be trusted.
    case gap(after: UInt64)
  }
}

/// A statement came to another state.
package struct StatementNews: Equatable, Sendable {
  package var id: StatementID
  package var state: Statement.State

  /// The statement is over.
  var isEnd: Bool { state == .available || state == .cancelled }
}

extension Statement {
  /// It has come to its end, whatever that was.
  package var isFinished: Bool {
    switch state {
    case .available, .cancelled: true
    case .waiting, .running, .cancelling: false
    }
  }
}
