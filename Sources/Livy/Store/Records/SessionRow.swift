// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import LivyCore

/// One row of table `session`.
struct SessionRow {
  static let select = "SELECT *, CAST(reason AS BLOB) AS reason_bytes FROM session ORDER BY id"

  let record: SessionRecord
  private let epoch: Int64
  private let facts: String
  private let request: String

  init(_ record: SessionRecord) throws {
    self.record = record
    epoch = try StoredNumber.of(record.epoch, "epoch")
    facts = try StoredJSON.text(StoredFacts(record))
    request = try StoredJSON.text(StoredRequest(record.request))
  }

  init(row: Row) throws {
    try Unreadable.check(row, "request_version", is: StoredRequest.version)
    try Unreadable.check(row, "facts_version", is: StoredFacts.version)
    request = try row.decode(forColumn: "request")
    facts = try row.decode(forColumn: "facts")
    epoch = try row.decode(forColumn: "epoch")
    let uuid: String = try row.decode(forColumn: "uuid")
    let state: String = try row.decode(forColumn: "state")
    guard let uuid = SessionUUID(uuid) else { throw Unreadable("bad uuid '\(uuid)'") }
    guard let state = SessionState(rawValue: state) else {
      throw Unreadable("unknown state '\(state)'")
    }
    let id: Int32 = try row.decode(forColumn: "id")
    let attempt: UInt32 = try row.decode(forColumn: "attempt")
    var record = SessionRecord(
      id: SessionID(id), uuid: uuid, attempt: attempt,
      request: try StoredJSON.value(StoredRequest.self, request).request, state: state,
      createdMilliseconds: try row.decode(forColumn: "created_ms"))
    record.epoch = try StoredNumber.read(row, "epoch")
    record.reason = try StoredText.readOptional(row, "reason_bytes")
    record.applicationID = try row.decode(forColumn: "application_id")
    record.finishedMilliseconds = try row.decode(forColumn: "finished_ms")
    try StoredJSON.value(StoredFacts.self, facts).fill(&record)
    self.record = record
  }

  func upsert(_ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO session (id, uuid, attempt, epoch, state, reason, application_id, created_ms,
          finished_ms, request_version, request, facts_version, facts)
        VALUES (?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, attempt = excluded.attempt,
          epoch = excluded.epoch, state = excluded.state, reason = excluded.reason,
          application_id = excluded.application_id, created_ms = excluded.created_ms,
          finished_ms = excluded.finished_ms, request_version = excluded.request_version,
          request = excluded.request, facts_version = excluded.facts_version,
          facts = excluded.facts
        """,
      arguments: [
        record.id.number, record.uuid.text, record.attempt, epoch, record.state.rawValue,
        StoredText.bytes(record.reason), record.applicationID, record.createdMilliseconds,
        record.finishedMilliseconds, StoredRequest.version, request, StoredFacts.version, facts,
      ])
  }
}

extension Unreadable {
  /// A form of JSON that a newer server wrote is not guessed at.
  static func check(_ row: Row, _ column: String, is known: Int) throws {
    let version: Int = try row.decode(forColumn: column)
    guard version == known else {
      throw Unreadable("its \(column) is \(version), and this server reads \(known)")
    }
  }
}
