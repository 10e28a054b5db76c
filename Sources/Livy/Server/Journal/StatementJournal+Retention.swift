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
    for id in ids where unread.remove(id) != nil { settled.shrink(to: id) }
    dropOldest(at: now)
  }

  /// Drops what is too much, oldest first.
  package mutating func dropOldest(at now: Int64) {
    dropForBytes()
    let surplus = statements.count - unfinished - max(0, limits.retainedMax)
    guard surplus > 0 else { return }
    if now >= settled.until { settled = SettledStatements() }
    let dropped = droppable(of: surplus, at: now)
    guard !dropped.isEmpty else { return }
    for position in dropped { forget(at: position) }
    remove(dropped)
  }

  /// Of the `surplus` oldest finished ones, those that nobody waits for. Looks at none twice that has
  /// to stay.
  private mutating func droppable(of surplus: Int, at now: Int64) -> [Int] {
    let start = position(notBelow: settled.next)
    var left = surplus - (start - statements.startIndex)
    var allFinished = true
    var dropped: [Int] = []
    for position in start..<statements.endIndex {
      guard left > 0 else { break }
      let statement = statements[position]
      guard statement.isFinished else {
        allFinished = false
        continue
      }
      left -= 1
      let end = keptUntil(statement)
      if unread.contains(statement.id), now < end {
        settled.until = min(settled.until, end)
      } else {
        dropped.append(position)
      }
      if allFinished { settled.next = StatementID(statement.id.number + 1) }
    }
    return dropped
  }

  /// When it has been kept long enough for those who have not seen it.
  private func keptUntil(_ statement: Statement) -> Int64 {
    let (end, overflows) = statement.completedMilliseconds
      .addingReportingOverflow(limits.unreadRetain.milliseconds)
    return overflows ? .max : end
  }

  private mutating func dropForBytes() {
    while finishedBytes > limits.finishedBytesMax, statements.count - unfinished > 1,
      let oldest = statements.firstIndex(where: \.isFinished)
    {
      forget(at: oldest)
      remove([oldest])
    }
  }

  private mutating func forget(at position: Int) {
    let statement = statements[position]
    finishedBytes -= statement.byteCount
    unread.remove(statement.id)
    changes.drop(statement.id)
  }

  /// Takes out what stands at these positions, in ascending order. Nothing is moved where they are the
  /// first; their texts go at once.
  private mutating func remove(_ positions: [Int]) {
    guard let last = positions.last else { return }
    guard last - statements.startIndex + 1 > positions.count else {
      for position in positions {
        statements[position] = Statement(
          id: statements[position].id, code: "", kind: statements[position].kind)
      }
      return statements.removeFirst(positions.count)
    }
    var gone = positions.map { statements[$0].id }[...]
    statements.removeAll { statement in
      guard statement.id == gone.first else { return false }
      gone.removeFirst()
      return true
    }
  }
}

/// What is known of the oldest statements of a journal: those below `next` are finished and have to
/// stay, all of them at least until `until` (milliseconds since 1970), unless somebody sees one.
struct SettledStatements: Equatable, Sendable {
  var next = StatementID(0)
  var until = Int64.max

  mutating func shrink(to id: StatementID) { next = min(next, id) }
}
