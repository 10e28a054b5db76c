// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import LivyCore

/// One row of table `statement`.
struct StatementRow {
  static let select = """
    SELECT session, id, kind, state, progress, started_ms, completed_ms, output_version, output,
      CAST(code AS BLOB) AS code
    FROM statement WHERE session = ? ORDER BY id
    """

  let statement: LivyCore.Statement
  private let id: Int64
  private let output: String?

  init(_ statement: LivyCore.Statement) throws {
    self.statement = statement
    id = try StoredNumber.of(statement.id.number, "number")
    output = statement.output.map { StoredOutput($0).text }
  }

  init(row: Row) throws {
    id = try row.decode(forColumn: "id")
    let kind: String = try row.decode(forColumn: "kind")
    let state: String = try row.decode(forColumn: "state")
    guard let kind = StatementKind(rawValue: kind) else {
      throw Unreadable("unknown kind '\(kind)'")
    }
    guard let state = LivyCore.Statement.State(rawValue: state) else {
      throw Unreadable("unknown state '\(state)'")
    }
    var statement = LivyCore.Statement(
      id: StatementID(try StoredNumber.read(row, "id")), code: try StoredText.read(row, "code"),
      kind: kind)
    statement.state = state
    statement.progress = try row.decode(forColumn: "progress")
    statement.startedMilliseconds = try row.decode(forColumn: "started_ms")
    statement.completedMilliseconds = try row.decode(forColumn: "completed_ms")
    output = try row.decode(forColumn: "output")
    if let output {
      try Unreadable.check(row, "output_version", is: StoredOutput.version)
      statement.output = try StoredJSON.value(StoredOutput.self, output).output
    }
    self.statement = statement
  }

  func upsert(_ database: Database, session: SessionID) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO statement (session, id, kind, state, progress, started_ms, completed_ms, code,
          output_version, output)
        VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?)
        ON CONFLICT (session, id) DO UPDATE SET kind = excluded.kind, state = excluded.state,
          progress = excluded.progress, started_ms = excluded.started_ms,
          completed_ms = excluded.completed_ms, code = excluded.code,
          output_version = excluded.output_version, output = excluded.output
        """
    ).execute(
      arguments: [
        session.number, id, statement.kind.rawValue, statement.state.rawValue, statement.progress,
        statement.startedMilliseconds, statement.completedMilliseconds,
        StoredText.bytes(statement.code), StoredOutput.version, output,
      ])
  }
}
