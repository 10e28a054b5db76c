// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyStore
internal import Testing

/// What every store must do with batches.
@Suite struct BatchStoreTests {
  typealias Kind = StateStoreTests.Kind

  @Test("Numbers of batches are counted apart and not used again", arguments: Kind.allCases)
  func numbers(_ kind: Kind) async throws {
    let store = try StateStoreTests.Fixture(kind).store
    _ = try await store.reserveSessionID()
    #expect(try await store.reserveBatchID() == BatchID(0))
    #expect(try await store.reserveBatchID() == BatchID(1))
    try await store.save(.batch(1))
    try await store.removeBatch(BatchID(1))
    #expect(try await store.reserveBatchID() == BatchID(2))
    #expect(try await store.reserveSessionID() == SessionID(1))
  }

  @Test("A record comes back as it was saved, in any state", arguments: Kind.allCases)
  func roundTrip(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    var records = [BatchRecord.fullBatch(0)]
    for (number, state) in BatchState.allCases.enumerated() {
      var record = BatchRecord.batch(Int32(number) + 1)
      record.state = state
      records.append(record)
    }
    for record in records.reversed() { try await fixture.store.save(record) }
    #expect(try await fixture.store.batches() == records)
    #expect(try await fixture.store.sessions() == [])
  }

  @Test("Saving again replaces; removing is idempotent and takes one", arguments: Kind.allCases)
  func replacesAndRemoves(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    for number: Int32 in 0..<3 { try await fixture.store.save(.batch(number)) }
    try await fixture.store.save(.fullBatch(2))
    try await fixture.store.removeBatch(BatchID(1))
    try await fixture.store.removeBatch(BatchID(1))
    #expect(try await fixture.store.batches() == [.batch(0), .fullBatch(2)])
  }
}
