// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyStore
internal import Testing

/// What every store must do with the statements of a session.
@Suite struct JournalTests {
  typealias Kind = StateStoreTests.Kind

  static let outputs: [StatementOutput] = [
    .success([]),
    .success([.plain("2"), .plain("nul \u{0} 🦆 \"quoted\" \\ \u{2028}")]),
    .success([
      OutputPart(
        mimeType: "application/json", content: .json(#"{"a": 1.0000000000000000001, "a": [ ]}"#))
    ]),
    .failure(StatementFailure(name: "NameError", value: "", traceback: ["a\n", "\u{0}", ""])),
  ]

  @Test("A session without a journal has an empty one", arguments: Kind.allCases)
  func empty(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    let id = SessionID(0)
    #expect(try await fixture.store.journal(of: id) == JournalPage(session: id))
    try await fixture.store.save(.example(0))
    #expect(try await fixture.store.journal(of: id) == JournalPage(session: id))
  }

  @Test("Statements come back as they were written, in order", arguments: Kind.allCases)
  func roundTrip(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    try await fixture.store.save(.example(0))
    var page = JournalPage(session: SessionID(0), next: UInt64(Int64.max), lastEvent: 7)
    for (number, output) in Self.outputs.enumerated() {
      page.statements.append(.full(UInt64(number), output))
    }
    page.statements.append(.example(UInt64(Int64.max) - 1, code: ""))
    var written = page
    written.statements.reverse()
    try await fixture.store.write(written)
    #expect(try await fixture.store.journal(of: SessionID(0)) == page)
  }

  @Test("Every kind and state of a statement can be kept", arguments: Kind.allCases)
  func allStates(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    try await fixture.store.save(.example(0))
    var page = JournalPage(session: SessionID(0))
    for statementKind in StatementKind.allCases {
      for state in Statement.State.allCases {
        var statement = Statement(
          id: StatementID(UInt64(page.statements.count)), code: "x", kind: statementKind)
        statement.state = state
        page.statements.append(statement)
      }
    }
    try await fixture.store.write(page)
    #expect(try await fixture.store.journal(of: SessionID(0)) == page)
  }

  @Test("A page changes what it names and leaves the rest", arguments: Kind.allCases)
  func changes(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    let store = fixture.store
    let id = SessionID(0)
    for number: Int32 in 0...1 {
      try await store.save(.example(number))
      try await store.write(
        JournalPage(
          session: SessionID(number), statements: (0..<4).map { .example($0) }, next: 4,
          lastEvent: 1))
    }
    let changed = Statement.full(2, .success([.plain("3")]))
    try await store.write(
      JournalPage(
        session: id, statements: [changed, .example(4)],
        dropped: [StatementID(0), StatementID(9)], next: 5, lastEvent: 3))
    let expected = JournalPage(
      session: id, statements: [.example(1), changed, .example(3), .example(4)], next: 5,
      lastEvent: 3)
    #expect(try await store.journal(of: id) == expected)
    #expect(try await store.journal(of: SessionID(1)).statements == (0..<4).map { .example($0) })
  }

  @Test("Saving a session again keeps its statements", arguments: Kind.allCases)
  func savedAgain(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    let page = JournalPage(session: SessionID(0), statements: [.example(0)], next: 1)
    try await fixture.store.save(.example(0))
    try await fixture.store.write(page)
    var record = SessionRecord.example(0)
    record.state = .dead
    try await fixture.store.save(record)
    #expect(try await fixture.store.journal(of: SessionID(0)) == page)
  }

  @Test(
    "Statements go with their session, and a page that comes later is passed over",
    arguments: Kind.allCases)
  func removed(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    let store = fixture.store
    let id = SessionID(0)
    let page = JournalPage(session: id, statements: [.example(0)], next: 1, lastEvent: 1)
    try await store.save(.example(0))
    try await store.write(page)
    try await store.removeSession(id)
    #expect(try await store.journal(of: id) == JournalPage(session: id))
    try await store.write(page)
    #expect(try await store.journal(of: id) == JournalPage(session: id))
    // Nothing waits to come back with a session of that number.
    try await store.save(.example(0))
    #expect(try await store.journal(of: id) == JournalPage(session: id))
  }

  @Test("A statement of 16 MB is kept, to the last character", arguments: Kind.allCases)
  func large(_ kind: Kind) async throws {
    let fixture = try StateStoreTests.Fixture(kind)
    try await fixture.store.save(.example(0))
    let code = String(repeating: "é\u{0}🦆\n", count: (16 << 20) / 8) + "end"
    var statement = Statement.example(0, code: code)
    statement.output = .success([.plain(code)])
    let page = JournalPage(session: SessionID(0), statements: [statement], next: 1)
    try await fixture.store.write(page)
    let kept = try await fixture.store.journal(of: SessionID(0))
    // Not printed when it fails.
    #expect((kept == page) == true)
  }
}
