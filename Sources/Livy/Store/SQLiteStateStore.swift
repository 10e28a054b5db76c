// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import LivyCore

/// Keeps records in one SQLite file, for one server at a time.
///
/// Every write is on disk before its call returns (WAL with `synchronous = FULL`); writes that come
/// at once share a commit. The file is readable by its owner alone: the conf of a session may hold
/// its user's secrets. What cannot be read is an error that says where and what to do; nothing is
/// passed over.
package final class SQLiteStateStore: StateStore {
  private let queue: DatabaseQueue
  private let pending: PendingWrites
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
      pending = PendingWrites(queue)
      try StateSchema.open(queue, path: path)
    } catch let error as LivyError {
      throw error
    } catch {
      throw StoreFailure.error("The state in \(path) cannot be opened", path, error)
    }
  }

  deinit {
    // A transaction whose callers were answered may still hold the connection for a moment. The
    // claim on the file must not end before the connection does.
    try? queue.close()
  }

  package func checkWritable() async throws(LivyError) {
    try await write("The state in \(path) cannot be written") { database in
      try database.execute(sql: "UPDATE counter SET next = next")
    }
  }

  package func reserveSessionID() async throws(LivyError) -> SessionID {
    guard let number = try await reserve(.session) else { throw LivyError.sessionNumbersUsedUp }
    return SessionID(number)
  }

  package func save(_ record: SessionRecord) async throws(LivyError) {
    let failed = "Session \(record.id) was not saved"
    let row = try encode(failed) { try SessionRow(record) }
    try await write(failed) { try row.upsert($0) }
  }

  package func save(
    _ record: SessionRecord, inPlaceOf former: SessionID
  ) async throws(LivyError) {
    let failed = "Session \(record.id) was not saved"
    let row = try encode(failed) { try SessionRow(record) }
    try await write(failed) { database in
      try database.execute(sql: Self.removal, arguments: [former.number])
      try row.upsert(database)
    }
  }

  private static let removal = "DELETE FROM session WHERE id = ?"

  package func sessions() async throws(LivyError) -> [SessionRecord] {
    let path = path
    return try await read("The sessions cannot be listed") { database in
      try Row.fetchAll(database, sql: SessionRow.select).map { row in
        do {
          return try SessionRow(row: row).record
        } catch {
          throw StoreFailure.unreadable(row, "session", in: path, error)
        }
      }
    }
  }

  package func removeSession(_ id: SessionID) async throws(LivyError) {
    try await write("The record of session \(id) was not removed") { database in
      try database.execute(sql: Self.removal, arguments: [id.number])
    }
  }

  /// What is counted.
  enum Counter: String {
    case session, batch
  }

  /// Nil when all were used.
  func reserve(_ counter: Counter) async throws(LivyError) -> Int32? {
    let name = counter.rawValue
    return try await write("The number of a new \(name) was not reserved") { database in
      let counters = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM counter WHERE name = ?", arguments: [name])
      guard counters == 1 else { throw Unreadable("the counter '\(name)' is gone") }
      return try Int32.fetchOne(
        database,
        sql: """
          UPDATE counter SET next = next + 1
          WHERE name = ? AND next < \(Int32.max) RETURNING next - 1
          """, arguments: [name])
    }
  }

  /// Before the transaction, since many share that.
  func encode<Value>(
    _ failed: String, _ body: () throws -> Value
  ) throws(LivyError) -> Value {
    do {
      return try body()
    } catch {
      throw StoreFailure.error(failed, path, error)
    }
  }

  /// All of it or nothing, in a transaction shared with others.
  func write<Value: Sendable>(
    _ failed: String, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(LivyError) -> Value {
    do {
      return try await pending.write(body)
    } catch {
      throw StoreFailure.error(failed, path, error)
    }
  }

  func read<Value: Sendable>(
    _ failed: String, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(LivyError) -> Value {
    do {
      return try await queue.read(body)
    } catch is CancellationError {
      throw LivyError(.cancelled, "\(failed): the request was cancelled.")
    } catch {
      throw StoreFailure.error(failed, path, error)
    }
  }

  /// Where the file lies.
  var location: String { path }
}
