// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyStore
internal import Synchronization

/// A store that fails to write when it is told to, and counts its writes.
final class FailingStore: StateStore {
  let failing = Mutex(false)
  private let memory = MemoryStateStore()

  func reserveSessionID() async throws(LivyError) -> SessionID {
    try await memory.reserveSessionID()
  }

  func save(_ record: SessionRecord) async throws(LivyError) {
    try check()
    try await memory.save(record)
  }

  func sessions() async throws(LivyError) -> [SessionRecord] { try await memory.sessions() }

  func removeSession(_ id: SessionID) async throws(LivyError) {
    try check()
    try await memory.removeSession(id)
  }

  private func check() throws(LivyError) {
    if failing.withLock({ $0 }) { throw LivyError(.store, "the disk is full") }
  }
}
