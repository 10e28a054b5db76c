// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What one session's journal holds at most.
package struct JournalLimits: Equatable, Sendable {
  /// Newest finished statements that are kept; older ones vanish, unless nobody has seen their end.
  package var retainedMax: Int
  /// Such a statement stays for so long after its end.
  package var unreadRetain: Duration = .seconds(600)
  /// UTF-8 bytes of code and output of all finished ones; above it the oldest vanish, seen or not,
  /// but for the newest.
  package var finishedBytesMax = 256 << 20
  /// Statements that wait or run; above it a new one is refused.
  package var unfinishedMax: Int
  /// UTF-8 bytes of their code, with the same rule; a statement that is alone may be larger.
  package var unfinishedCodeBytesMax = 64 << 20

  package init(retainedMax: Int, unfinishedMax: Int) {
    self.retainedMax = retainedMax
    self.unfinishedMax = unfinishedMax
  }
}

/// Which finished statements are kept.
extension StatementJournal {
  /// Somebody has seen the end of these: they are kept as `retainedMax` says, and no longer.
  package mutating func markRead(_ ids: some Sequence<StatementID>, at now: Int64) {
    guard !unread.isEmpty else { return }
    for id in ids { unread.remove(id) }
    dropOldest(at: now)
  }

  /// Drops what is too much, oldest first.
  package mutating func dropOldest(at now: Int64) {
    dropForBytes()
    var surplus = statements.count - unfinished - max(0, limits.retainedMax)
    guard surplus > 0 else { return }
    let dropped = statements.filter { statement in
      guard surplus > 0, statement.isFinished else { return false }
      surplus -= 1
      return !unread.contains(statement.id) || isOverdue(statement, at: now)
    }
    guard !dropped.isEmpty else { return }
    for statement in dropped { forget(statement) }
    let ids = Set(dropped.map(\.id))
    statements.removeAll { ids.contains($0.id) }
  }

  private func isOverdue(_ statement: Statement, at now: Int64) -> Bool {
    let age = now.subtractingReportingOverflow(statement.completedMilliseconds).partialValue
    return age >= limits.unreadRetain.milliseconds
  }

  private mutating func dropForBytes() {
    while finishedBytes > limits.finishedBytesMax, statements.count - unfinished > 1,
      let oldest = statements.firstIndex(where: \.isFinished)
    {
      forget(statements.remove(at: oldest))
    }
  }

  private mutating func forget(_ statement: Statement) {
    finishedBytes -= statement.byteCount
    unread.remove(statement.id)
    changes.drop(statement.id)
  }
}
