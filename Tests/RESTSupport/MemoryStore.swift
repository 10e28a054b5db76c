// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// A store that forgets everything with its process.
package actor MemoryStore: StateStore {
  private var next: Int32 = 0
  private var records: [SessionID: SessionRecord] = [:]

  package init() {}

  package func reserveSessionID() async throws(LivyError) -> SessionID {
    defer { next += 1 }
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
