// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB
internal import LivyCore
internal import LivyStore
internal import Testing

/// Statements and batches in a file: kills, damage, and files of older versions.
@Suite struct SQLiteJournalTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/state.sqlite" }

  @Test("Statements and batches are in the file when the call returns, without an orderly end")
  func survivesKill() async throws {
    let store = try SQLiteStateStore(path: path)
    let page = JournalPage(
      session: SessionID(0), statements: [.full(0, .success([.plain("2")]))], next: 1,
      lastEvent: 4)
    try await store.save(SessionRecord.full(0))
    try await store.write(page)
    _ = try await store.reserveBatchID()
    try await store.save(.fullBatch(0))
    // A killed server leaves the file and its log as they are now.
    let copy = folder.path + "/copy.sqlite"
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
    }
    let second = try SQLiteStateStore(path: copy)
    #expect(try await second.journal(of: SessionID(0)) == page)
    #expect(try await second.batches() == [.fullBatch(0)])
    #expect(try await second.reserveBatchID() == BatchID(1))
    withExtendedLifetime(store) {}
  }

  @Test(
    "A statement that cannot be read is an error that names it, never passed over",
    arguments: [
      "UPDATE statement SET output = '{' WHERE id = 1",
      "UPDATE statement SET output = '{}' WHERE id = 1",
      "UPDATE statement SET output = replace(output, 'text', 'tune') WHERE id = 1",
      "UPDATE statement SET output_version = 2 WHERE id = 1",
      "UPDATE statement SET kind = 'cobol' WHERE id = 1",
      "UPDATE statement SET state = 'sleepy' WHERE id = 1",
      "UPDATE statement SET code = CAST(x'C328' AS TEXT) WHERE id = 1",
    ])
  func damagedStatement(_ damage: String) async throws {
    do {
      let store = try SQLiteStateStore(path: path)
      try await store.save(SessionRecord.example(3))
      let output = StatementOutput.success([.plain("2")])
      try await store.write(
        JournalPage(session: SessionID(3), statements: [.full(0, output), .full(1, output)]))
    }
    try edit(damage)
    let store = try SQLiteStateStore(path: path)
    let error = try await #require(throws: LivyError.self) {
      try await store.journal(of: SessionID(3))
    }
    #expect(error.code == .store)
    #expect(error.message.contains("Statement 1 of session 3 "))
    #expect(error.message.contains("DELETE FROM statement WHERE session = 3 AND id = 1"))
    #expect(try await store.sessions().count == 1)
  }

  @Test(
    "A batch that cannot be read is an error that names it",
    arguments: [
      "UPDATE batch SET request = '{}' WHERE id = 1",
      "UPDATE batch SET request_version = 7 WHERE id = 1",
      "UPDATE batch SET tag = 'short' WHERE id = 1",
      "UPDATE batch SET state = 'idle' WHERE id = 1",
    ])
  func damagedBatch(_ damage: String) async throws {
    do {
      let store = try SQLiteStateStore(path: path)
      for number: Int32 in 0...1 { try await store.save(.batch(number)) }
    }
    try edit(damage)
    let store = try SQLiteStateStore(path: path)
    let error = try await #require(throws: LivyError.self) { try await store.batches() }
    #expect(error.message.contains("batch 1 "))
    #expect(error.message.contains("DELETE FROM batch WHERE id = 1"))
  }

  @Test("A number that SQLite cannot hold is an error, and nothing of the page is kept")
  func numberTooLarge() async throws {
    let store = try SQLiteStateStore(path: path)
    try await store.save(.example(0))
    let pages = [
      JournalPage(session: SessionID(0), statements: [.example(0), .example(.max)]),
      JournalPage(session: SessionID(0), statements: [.example(0)], lastEvent: .max),
    ]
    for page in pages {
      let error = try await #require(throws: LivyError.self) { try await store.write(page) }
      #expect(error.code == .store)
    }
    #expect(try await store.journal(of: SessionID(0)) == JournalPage(session: SessionID(0)))
  }

  @Test("A file of the first version is brought up to date and keeps its sessions")
  func firstVersion() async throws {
    try await DatabaseQueue(path: path).write { try $0.execute(sql: Self.firstVersionSQL) }
    let store = try SQLiteStateStore(path: path)
    var expected = SessionRecord.example(4)
    expected.state = .dead
    expected.reason = "over"
    expected.finishedMilliseconds = 2
    #expect(try await store.sessions() == [expected])
    #expect(try await store.reserveSessionID() == SessionID(5))
    #expect(try await store.reserveBatchID() == BatchID(0))
    let page = JournalPage(session: SessionID(4), statements: [.example(0)], next: 1)
    try await store.write(page)
    #expect(try await store.journal(of: SessionID(4)) == page)
  }

  private func edit(_ sql: String) throws {
    try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
  }

  /// As the first version left it; never changes.
  private static let firstVersionSQL = """
    PRAGMA application_id = 1279874649;
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES ('1: sessions');
    CREATE TABLE counter (
      name TEXT PRIMARY KEY NOT NULL,
      next INTEGER NOT NULL
    ) STRICT;
    INSERT INTO counter (name, next) VALUES ('session', 5);
    CREATE TABLE session (
      id INTEGER PRIMARY KEY NOT NULL,
      uuid TEXT NOT NULL UNIQUE,
      attempt INTEGER NOT NULL,
      state TEXT NOT NULL,
      reason TEXT,
      application_id TEXT,
      created_ms INTEGER NOT NULL,
      finished_ms INTEGER,
      request_version INTEGER NOT NULL,
      request TEXT NOT NULL
    ) STRICT;
    INSERT INTO session VALUES (
      4, '00000000000000000000000000000004', 1, 'dead', 'over', NULL, 1700000000000, 2, 1,
      '{"archives":[],"conf":{},"files":[],"heartbeatTimeoutSeconds":0,"jars":[],\
    "kind":"shared","pythonFiles":[]}');
    """
}
