// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import LivyCore

extension SQLiteStateStore {
  package func write(_ page: JournalPage) async throws(LivyError) {
    let failed = "Statements of session \(page.session) were not saved"
    let rows = try encode(failed) { try JournalRows(page) }
    try await write(failed) { try rows.write($0) }
  }

  package func journal(of id: SessionID) async throws(LivyError) -> JournalPage {
    let path = location
    return try await read("The statements of session \(id) cannot be read") { database in
      var page = JournalPage(session: id)
      let head = try Row.fetchOne(
        database, sql: "SELECT next, last_event FROM journal WHERE session = ?",
        arguments: [id.number])
      if let head {
        page.next = try StoredNumber.read(head, "next")
        page.lastEvent = try StoredNumber.read(head, "last_event")
      }
      let rows = try Row.fetchCursor(
        database, sql: StatementRow.select, arguments: [id.number])
      while let row = try rows.next() {
        do {
          page.statements.append(try StatementRow(row: row).statement)
        } catch {
          throw StoreFailure.unreadableStatement(row, of: id, in: path, error)
        }
      }
      return page
    }
  }
}
