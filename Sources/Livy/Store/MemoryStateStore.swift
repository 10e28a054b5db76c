// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Keeps records as long as the server runs. For servers that shall forget
/// (`livy.server.recovery.mode = off`), and for tests.
package actor MemoryStateStore: StateStore {
  private var next: Int32 = 0
  private var records: [SessionID: SessionRecord] = [:]
  private var journals: [SessionID: JournalPage] = [:]
  private var nextBatch: Int32 = 0
  private var batchRecords: [BatchID: BatchRecord] = [:]

  package init() {}

  package func checkWritable() async throws(LivyError) {}

  package func reserveSessionID() async throws(LivyError) -> SessionID {
    let (following, overflow) = next.addingReportingOverflow(1)
    guard !overflow else { throw LivyError.sessionNumbersUsedUp }
    defer { next = following }
    return SessionID(next)
  }

  package func save(_ record: SessionRecord) async throws(LivyError) {
    records[record.id] = record
  }

  package func save(
    _ record: SessionRecord, inPlaceOf former: SessionID
  ) async throws(LivyError) {
    records[former] = nil
    journals[former] = nil
    records[record.id] = record
  }

  package func sessions() async throws(LivyError) -> [SessionRecord] {
    records.values.sorted { $0.id < $1.id }
  }

  package func removeSession(_ id: SessionID) async throws(LivyError) {
    records[id] = nil
    journals[id] = nil
  }

  // MARK: Statements

  package func write(_ page: JournalPage) async throws(LivyError) {
    guard records[page.session] != nil else { return }
    var journal = journals[page.session] ?? JournalPage(session: page.session)
    let changed = Dictionary(page.statements.map { ($0.id, $0) }) { $1 }
    journal.statements.removeAll { changed[$0.id] != nil || page.dropped.contains($0.id) }
    journal.statements += changed.values
    journal.statements.sort { $0.id < $1.id }
    journal.next = page.next
    journal.lastEvent = page.lastEvent
    journals[page.session] = journal
  }

  package func journal(of id: SessionID) async throws(LivyError) -> JournalPage {
    journals[id] ?? JournalPage(session: id)
  }

  // MARK: Batches

  package func reserveBatchID() async throws(LivyError) -> BatchID {
    let (following, overflow) = nextBatch.addingReportingOverflow(1)
    guard !overflow else { throw LivyError.batchNumbersUsedUp }
    defer { nextBatch = following }
    return BatchID(nextBatch)
  }

  package func save(_ record: BatchRecord) async throws(LivyError) {
    batchRecords[record.id] = record
  }

  package func batches() async throws(LivyError) -> [BatchRecord] {
    batchRecords.values.sorted { $0.id < $1.id }
  }

  package func removeBatch(_ id: BatchID) async throws(LivyError) {
    batchRecords[id] = nil
  }
}

extension LivyError {
  /// Numbers are a Java int in REST, and none is given twice.
  static let sessionNumbersUsedUp = LivyError(
    .store, "All \(Int32.max) session numbers of this server were used; start it with a new state.")

  static let batchNumbersUsedUp = LivyError(
    .store, "All \(Int32.max) batch numbers of this server were used; start it with a new state.")
}
