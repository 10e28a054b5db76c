// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import LivyCore

/// A page, ready for the tables `journal` and `statement`.
struct JournalRows {
  private let session: SessionID
  private let statements: [StatementRow]
  private let dropped: [Int64]
  private let next: Int64
  private let lastEvent: Int64

  init(_ page: JournalPage) throws {
    session = page.session
    statements = try page.statements.map { try StatementRow($0) }
    dropped = try page.dropped.map { try StoredNumber.of($0.number, "number") }
    next = try StoredNumber.of(page.next, "next statement")
    lastEvent = try StoredNumber.of(page.lastEvent, "last event")
  }

  /// Does nothing if the session was removed.
  func write(_ database: Database) throws {
    let isKept = try Bool.fetchOne(
      database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM session WHERE id = ?)"),
      arguments: [session.number])
    guard isKept == true else { return }
    for id in dropped {
      try database.cachedStatement(sql: "DELETE FROM statement WHERE session = ? AND id = ?")
        .execute(arguments: [session.number, id])
    }
    for row in statements { try row.upsert(database, session: session) }
    try database.cachedStatement(
      sql: """
        INSERT INTO journal (session, next, last_event) VALUES (?, ?, ?)
        ON CONFLICT (session) DO UPDATE SET next = excluded.next, last_event = excluded.last_event
        """
    ).execute(arguments: [session.number, next, lastEvent])
  }
}
