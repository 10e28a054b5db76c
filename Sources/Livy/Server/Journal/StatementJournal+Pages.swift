// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What changed in a journal since the last page.
struct JournalChanges: Equatable, Sendable {
  private(set) var noted: Set<StatementID> = []
  private(set) var dropped: Set<StatementID> = []
  /// What the store has: all statements below, and all events up to.
  var writtenNext: UInt64 = 0
  var writtenEvent: UInt64 = 0
  /// How often statements were taken back because they could not be written.
  var retractions = 0

  mutating func note(_ id: StatementID) {
    noted.insert(id)
    dropped.remove(id)
  }

  mutating func drop(_ id: StatementID) {
    noted.remove(id)
    dropped.insert(id)
  }

  mutating func clear() {
    noted = []
    dropped = []
  }
}

/// The journal on paper: what happens in memory reaches the store in pages. A page is taken, then
/// it was written or it was not; there is one at a time.
extension StatementJournal {
  /// A journal as an earlier run of the server left it.
  package init(_ page: JournalPage, limits: JournalLimits) {
    self.init(limits: limits)
    statements = page.statements.sorted { $0.id < $1.id }[...]
    let following = statements.last.map { $0.id.number &+ 1 } ?? 0
    next = max(page.next, following)
    lastEvent = page.lastEvent
    changes.writtenNext = next
    changes.writtenEvent = lastEvent
    recount()
    unread = Set(statements.lazy.filter(\.isFinished).map(\.id))
  }

  /// An empty journal of a driver whose events up to this one were heard; the store has yet to learn
  /// of it.
  init(heardUpTo lastEvent: UInt64, limits: JournalLimits) {
    self.init(limits: limits)
    self.lastEvent = lastEvent
  }

  /// All events up to this one are in the store.
  package var writtenEvent: UInt64 { changes.writtenEvent }

  /// How often statements were taken back because they could not be written. A statement stands if
  /// this has not changed between `accept` and the page.
  package var retractions: Int { changes.retractions }

  /// Statements that may be sent: they are in the store, wait or run, and have at least this
  /// number. In order, and at most `max` of them.
  package func unfinished(from number: UInt64, max: Int = .max) -> [Statement] {
    let start = position(notBelow: StatementID(number))
    return Array(
      statements[start...].lazy.prefix { $0.id.number < changes.writtenNext }
        .filter { !$0.isFinished }.prefix(max))
  }

  /// Number of the first statement that is not in the store.
  package var writtenNext: UInt64 { changes.writtenNext }

  /// All that changed since the last page; nil if nothing did.
  package mutating func takePage(of session: SessionID) -> JournalPage? {
    let noted = changes.noted
    let dropped = changes.dropped
    guard
      !noted.isEmpty || !dropped.isEmpty || lastEvent != changes.writtenEvent
        || next != changes.writtenNext
    else { return nil }
    changes.clear()
    return JournalPage(
      session: session, statements: noted.sorted().compactMap { self[$0] },
      dropped: dropped.sorted(), next: next, lastEvent: lastEvent)
  }

  package mutating func written(_ page: JournalPage) {
    changes.writtenNext = page.next
    changes.writtenEvent = page.lastEvent
  }

  /// The page is not in the store: its changes go into the next one. Statements that the store does
  /// not know were promised to nobody and sent to nobody; they are taken back, and their numbers
  /// are given again.
  package mutating func notWritten(_ page: JournalPage) {
    for id in page.dropped { changes.drop(id) }
    for statement in page.statements where self[statement.id] != nil { changes.note(statement.id) }
    let promised = changes.writtenNext
    guard next > promised else { return }
    for statement in statements where statement.id.number >= promised {
      changes.drop(statement.id)
    }
    statements.removeAll { $0.id.number >= promised }
    unread = unread.filter { $0.number < promised }
    settled.shrink(to: StatementID(promised))
    next = promised
    changes.retractions += 1
    recount()
  }

  private mutating func recount() {
    let open = statements.filter { !$0.isFinished }
    unfinished = open.count
    waiting = open.count { $0.state == .waiting }
    unfinishedCodeBytes = open.reduce(0) { $0 + $1.code.utf8.count }
    finishedBytes = statements.reduce(0) { $0 + ($1.isFinished ? $1.byteCount : 0) }
  }
}
