// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyStore
internal import Synchronization

/// A store that fails to write when it is told to, or takes its time to give a number.
final class ScriptedStore: StateStore {
  let failing = Mutex(false)
  let numberGate = Mutex<Gate<Void>?>(nil)
  private let memory = MemoryStateStore()

  func checkWritable() async throws(LivyError) { try check() }

  func reserveSessionID() async throws(LivyError) -> SessionID {
    await numberGate.withLock { $0 }?.value()
    return try await memory.reserveSessionID()
  }

  func save(_ record: SessionRecord) async throws(LivyError) {
    try check()
    try await memory.save(record)
  }

  func save(_ record: SessionRecord, inPlaceOf former: SessionID) async throws(LivyError) {
    try check()
    try await memory.save(record, inPlaceOf: former)
  }

  func sessions() async throws(LivyError) -> [SessionRecord] { try await memory.sessions() }

  func removeSession(_ id: SessionID) async throws(LivyError) {
    try check()
    try await memory.removeSession(id)
  }

  func write(_ page: JournalPage) async throws(LivyError) {
    try check()
    try await memory.write(page)
  }

  func journal(of id: SessionID) async throws(LivyError) -> JournalPage {
    try await memory.journal(of: id)
  }

  func reserveBatchID() async throws(LivyError) -> BatchID { try await memory.reserveBatchID() }

  func save(_ record: BatchRecord) async throws(LivyError) {
    try check()
    try await memory.save(record)
  }

  func batches() async throws(LivyError) -> [BatchRecord] { try await memory.batches() }

  func removeBatch(_ id: BatchID) async throws(LivyError) {
    try check()
    try await memory.removeBatch(id)
  }

  private func check() throws(LivyError) {
    if failing.withLock({ $0 }) { throw LivyError(.store, "the disk is full") }
  }
}
