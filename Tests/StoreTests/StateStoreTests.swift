// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyStore
internal import Testing

/// What every store must do.
@Suite struct StateStoreTests {
  enum Kind: CaseIterable {
    case memory, sqlite
  }

  /// A store, and the folder that it lives in.
  struct Fixture {
    let folder = TemporaryFolder()
    let store: any StateStore

    init(_ kind: Kind) throws {
      switch kind {
      case .memory: store = MemoryStateStore()
      case .sqlite: store = try SQLiteStateStore(path: folder.path + "/state.sqlite")
      }
    }
  }

  @Test("Numbers begin at 0, rise by one, and are not used again", arguments: Kind.allCases)
  func numbers(_ kind: Kind) async throws {
    let store = try Fixture(kind).store
    #expect(try await store.reserveSessionID() == SessionID(0))
    #expect(try await store.reserveSessionID() == SessionID(1))
    try await store.save(.example(1))
    try await store.removeSession(SessionID(1))
    #expect(try await store.reserveSessionID() == SessionID(2))
  }

  @Test("A hundred tasks at once get a hundred numbers", arguments: Kind.allCases)
  func parallelNumbers(_ kind: Kind) async throws {
    let fixture = try Fixture(kind)
    let numbers = try await withThrowingTaskGroup(of: SessionID.self) { group in
      for _ in 0..<100 { group.addTask { try await fixture.store.reserveSessionID() } }
      return try await group.reduce(into: Set<SessionID>()) { $0.insert($1) }
    }
    #expect(numbers == Set((0..<100).map { SessionID($0) }))
  }

  @Test("A record comes back as it was saved", arguments: Kind.allCases)
  func roundTrip(_ kind: Kind) async throws {
    let fixture = try Fixture(kind)
    let records = [SessionRecord.example(0), .full(1)]
    for record in records { try await fixture.store.save(record) }
    #expect(try await fixture.store.sessions() == records)
  }

  @Test(
    "A record takes another one's place with its UUID; the former's journal goes",
    arguments: Kind.allCases)
  func replaced(_ kind: Kind) async throws {
    let fixture = try Fixture(kind)
    try await fixture.store.save(.full(1))
    try await fixture.store.write(JournalPage(session: SessionID(1), next: 0, lastEvent: 7))
    var next = SessionRecord.full(5)
    next.uuid = SessionRecord.full(1).uuid
    try await fixture.store.save(next, inPlaceOf: SessionID(1))
    #expect(try await fixture.store.sessions() == [next])
    #expect(try await fixture.store.journal(of: SessionID(1)).lastEvent == 0)
    // A former one that is not there is no error.
    try await fixture.store.save(.example(6), inPlaceOf: SessionID(1))
    #expect(try await fixture.store.sessions().map(\.id) == [SessionID(5), SessionID(6)])
  }

  @Test("Every state and kind can be kept", arguments: Kind.allCases)
  func allStates(_ kind: Kind) async throws {
    let fixture = try Fixture(kind)
    let kinds = StatementKind.allCases.map(SessionKind.one) + [.shared]
    var records: [SessionRecord] = []
    for state in SessionState.allCases {
      for sessionKind in kinds {
        var record = SessionRecord.example(Int32(records.count))
        record.state = state
        record.request.kind = sessionKind
        records.append(record)
        try await fixture.store.save(record)
      }
    }
    #expect(try await fixture.store.sessions() == records)
  }

  @Test("Saving again replaces; the order is that of the numbers", arguments: Kind.allCases)
  func replaces(_ kind: Kind) async throws {
    let fixture = try Fixture(kind)
    for number: Int32 in [11, 2, 3] { try await fixture.store.save(.example(number)) }
    var changed = SessionRecord.example(2)
    changed.state = .dead
    changed.reason = "over"
    try await fixture.store.save(changed)
    #expect(try await fixture.store.sessions() == [changed, .example(3), .example(11)])
  }

  @Test("Removing is idempotent and takes one record", arguments: Kind.allCases)
  func removes(_ kind: Kind) async throws {
    let fixture = try Fixture(kind)
    for number: Int32 in 0..<3 { try await fixture.store.save(.example(number)) }
    try await fixture.store.removeSession(SessionID(1))
    try await fixture.store.removeSession(SessionID(1))
    #expect(try await fixture.store.sessions() == [.example(0), .example(2)])
  }
}
