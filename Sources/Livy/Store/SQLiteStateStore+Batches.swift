// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import LivyCore

extension SQLiteStateStore {
  package func reserveBatchID() async throws(LivyError) -> BatchID {
    guard let number = try await reserve(.batch) else { throw LivyError.batchNumbersUsedUp }
    return BatchID(number)
  }

  package func save(_ record: BatchRecord) async throws(LivyError) {
    let failed = "Batch \(record.id) was not saved"
    let row = try encode(failed) { try BatchRow(record) }
    try await write(failed) { try row.upsert($0) }
  }

  package func batches() async throws(LivyError) -> [BatchRecord] {
    let path = location
    return try await read("The batches cannot be listed") { database in
      try Row.fetchAll(database, sql: BatchRow.select).map { row in
        do {
          return try BatchRow(row: row).record
        } catch {
          throw StoreFailure.unreadable(row, "batch", in: path, error)
        }
      }
    }
  }

  package func removeBatch(_ id: BatchID) async throws(LivyError) {
    try await write("The record of batch \(id) was not removed") { database in
      try database.execute(sql: "DELETE FROM batch WHERE id = ?", arguments: [id.number])
    }
  }
}
