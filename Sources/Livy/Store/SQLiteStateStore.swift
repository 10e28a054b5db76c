// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import LivyCore

/// Keeps records in one SQLite file, for one server at a time.
///
/// Every write is on disk before its call returns (WAL with `synchronous = FULL`). The file is
/// readable by its owner alone: the conf of a session may hold its user's secrets. What cannot be
/// read is an error that says where and what to do; nothing is passed over.
package final class SQLiteStateStore: StateStore {
  private let queue: DatabaseQueue
  private let path: String
  /// Held as long as the store lives.
  private let lock: FileLock

  /// Opens the file at `path`, or makes it, with its folder. Errors: `.store`, `.configuration`
  /// when another server uses the file.
  package init(path: String) throws(LivyError) {
    self.path = path
    try PrivateFile.prepare(path)
    lock = try FileLock(path: path + ".lock", of: path)
    do {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.label = "livy-state"
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try StateSchema.open(queue, path: path)
    } catch let error as LivyError {
      throw error
    } catch {
      throw Self.failure("The state in \(path) cannot be opened", path, error)
    }
  }

  package func reserveSessionID() async throws(LivyError) -> SessionID {
    let failed = "A session number was not reserved"
    let number = try await write(failed) { database in
      let counters = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM counter WHERE name = 'session'")
      guard counters == 1 else { throw Unreadable("the counter of sessions is gone") }
      return try Int32.fetchOne(
        database,
        sql: """
          UPDATE counter SET next = next + 1
          WHERE name = 'session' AND next < \(Int32.max) RETURNING next - 1
          """)
    }
    guard let number else { throw LivyError.sessionNumbersUsedUp }
    return SessionID(number)
  }

  package func save(_ record: SessionRecord) async throws(LivyError) {
    let row: SessionRow
    do {
      row = try SessionRow(record)
    } catch {
      throw Self.failure("Session \(record.id) was not saved", path, error)
    }
    try await write("Session \(record.id) was not saved") { try row.upsert($0) }
  }

  package func sessions() async throws(LivyError) -> [SessionRecord] {
    let path = path
    return try await write("The sessions cannot be listed") { database in
      try Row.fetchAll(database, sql: "SELECT * FROM session ORDER BY id").map { row in
        do {
          return try SessionRow(row: row).record
        } catch {
          throw Self.unreadable(row, in: path, error)
        }
      }
    }
  }

  package func removeSession(_ id: SessionID) async throws(LivyError) {
    try await write("The record of session \(id) was not removed") { database in
      try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id.number])
    }
  }

  package func write(_ page: JournalPage) async throws(LivyError) {
    throw LivyError(.store, "not yet")
  }

  package func journal(of id: SessionID) async throws(LivyError) -> JournalPage {
    throw LivyError(.store, "not yet")
  }

  package func reserveBatchID() async throws(LivyError) -> BatchID {
    throw LivyError(.store, "not yet")
  }

  package func save(_ record: BatchRecord) async throws(LivyError) {
    throw LivyError(.store, "not yet")
  }

  package func batches() async throws(LivyError) -> [BatchRecord] {
    throw LivyError(.store, "not yet")
  }

  package func removeBatch(_ id: BatchID) async throws(LivyError) {
    throw LivyError(.store, "not yet")
  }

  /// One transaction.
  private func write<Value: Sendable>(
    _ failed: String, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(LivyError) -> Value {
    do {
      return try await queue.write(body)
    } catch let error as LivyError {
      throw error
    } catch is CancellationError {
      throw LivyError(.cancelled, "\(failed): the request was cancelled.")
    } catch {
      throw Self.failure(failed, path, error)
    }
  }

  private static func unreadable(_ row: Row, in path: String, _ error: any Error) -> LivyError {
    let id = (row["id"] as DatabaseValue?)?.description ?? "without a number"
    return LivyError(
      .store,
      """
      The record of session \(id) in \(path) cannot be read: \(error). Restore the file from a \
      backup, or give the session up: sqlite3 '\(path)' 'DELETE FROM session WHERE id = \(id)'.
      """)
  }

  private static func failure(_ what: String, _ path: String, _ error: any Error) -> LivyError {
    guard let error = error as? DatabaseError else { return LivyError(.store, what, cause: error) }
    let advice =
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        "The file \(path) is damaged: restore it from a backup, or move it away to begin anew."
      case .SQLITE_FULL: "The disk of \(path) is full."
      case .SQLITE_BUSY, .SQLITE_LOCKED: "Another program holds \(path)."
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
        "Check that \(path) and its folder can be written."
      default: "The file is \(path)."
      }
    return LivyError(.store, "\(what). \(advice)", cause: error)
  }
}
