// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB
internal import LivyCore

/// One row of table `session`.
struct SessionRow {
  let record: SessionRecord
  private let request: String

  init(_ record: SessionRecord) throws {
    self.record = record
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    request = String(decoding: try encoder.encode(StoredRequest(record.request)), as: UTF8.self)
  }

  init(row: Row) throws {
    let version: Int = try row.decode(forColumn: "request_version")
    guard version == StoredRequest.version else {
      throw Unreadable("its request has version \(version), not \(StoredRequest.version)")
    }
    request = try row.decode(forColumn: "request")
    let stored = try JSONDecoder().decode(StoredRequest.self, from: Data(request.utf8))
    let uuid: String = try row.decode(forColumn: "uuid")
    let state: String = try row.decode(forColumn: "state")
    guard let uuid = SessionUUID(uuid) else { throw Unreadable("bad uuid '\(uuid)'") }
    guard let state = SessionState(rawValue: state) else {
      throw Unreadable("unknown state '\(state)'")
    }
    let id: Int32 = try row.decode(forColumn: "id")
    let attempt: UInt32 = try row.decode(forColumn: "attempt")
    var record = SessionRecord(
      id: SessionID(id), uuid: uuid, attempt: attempt, request: try stored.request, state: state,
      createdMilliseconds: try row.decode(forColumn: "created_ms"))
    record.reason = try row.decode(forColumn: "reason")
    record.applicationID = try row.decode(forColumn: "application_id")
    record.finishedMilliseconds = try row.decode(forColumn: "finished_ms")
    self.record = record
  }

  func upsert(_ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO session (id, uuid, attempt, state, reason, application_id, created_ms,
          finished_ms, request_version, request)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, attempt = excluded.attempt,
          state = excluded.state, reason = excluded.reason,
          application_id = excluded.application_id, created_ms = excluded.created_ms,
          finished_ms = excluded.finished_ms, request_version = excluded.request_version,
          request = excluded.request
        """,
      arguments: [
        record.id.number, record.uuid.text, record.attempt, record.state.rawValue, record.reason,
        record.applicationID, record.createdMilliseconds, record.finishedMilliseconds,
        StoredRequest.version, request,
      ])
  }
}

/// What is wrong with a row, in words.
struct Unreadable: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
