// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import LivyCore

/// One row of table `batch`.
struct BatchRow {
  static let select = "SELECT *, CAST(reason AS BLOB) AS reason_bytes FROM batch ORDER BY id"

  let record: BatchRecord
  private let request: String

  init(_ record: BatchRecord) throws {
    self.record = record
    request = try StoredJSON.text(StoredBatchRequest(record.request))
  }

  init(row: Row) throws {
    try Unreadable.check(row, "request_version", is: StoredBatchRequest.version)
    request = try row.decode(forColumn: "request")
    let tag: String = try row.decode(forColumn: "tag")
    let state: String = try row.decode(forColumn: "state")
    guard let tag = SessionUUID(tag) else { throw Unreadable("bad tag '\(tag)'") }
    guard let state = BatchState(rawValue: state) else {
      throw Unreadable("unknown state '\(state)'")
    }
    let id: Int32 = try row.decode(forColumn: "id")
    var record = BatchRecord(
      id: BatchID(id), tag: tag,
      request: try StoredJSON.value(StoredBatchRequest.self, request).request, state: state,
      createdMilliseconds: try row.decode(forColumn: "created_ms"))
    record.reason = try StoredText.readOptional(row, "reason_bytes")
    record.applicationID = try row.decode(forColumn: "application_id")
    record.finishedMilliseconds = try row.decode(forColumn: "finished_ms")
    self.record = record
  }

  func upsert(_ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO batch (id, tag, state, reason, application_id, created_ms, finished_ms,
          request_version, request)
        VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET tag = excluded.tag, state = excluded.state,
          reason = excluded.reason, application_id = excluded.application_id,
          created_ms = excluded.created_ms, finished_ms = excluded.finished_ms,
          request_version = excluded.request_version, request = excluded.request
        """,
      arguments: [
        record.id.number, record.tag.text, record.state.rawValue, StoredText.bytes(record.reason),
        record.applicationID, record.createdMilliseconds, record.finishedMilliseconds,
        StoredBatchRequest.version, request,
      ])
  }
}
