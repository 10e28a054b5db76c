// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Keeps records as long as the server runs. For servers that shall forget
/// (`livy.server.recovery.mode = off`), and for tests.
package actor MemoryStateStore: StateStore {
  private var next: Int32 = 0
  private var records: [SessionID: SessionRecord] = [:]

  package init() {}

  package func reserveSessionID() async throws(LivyError) -> SessionID {
    let (following, overflow) = next.addingReportingOverflow(1)
    guard !overflow else { throw LivyError.sessionNumbersUsedUp }
    defer { next = following }
    return SessionID(next)
  }

  package func save(_ record: SessionRecord) async throws(LivyError) {
    records[record.id] = record
  }

  package func sessions() async throws(LivyError) -> [SessionRecord] {
    records.values.sorted { $0.id < $1.id }
  }

  package func removeSession(_ id: SessionID) async throws(LivyError) {
    records[id] = nil
  }
}

extension LivyError {
  /// Numbers are a Java int in REST, and none is given twice.
  static let sessionNumbersUsedUp = LivyError(
    .store, "All \(Int32.max) session numbers of this server were used; start it with a new state.")
}
