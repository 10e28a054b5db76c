// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB
internal import LivyCore
internal import LivyStore
internal import Testing

/// What a file adds: it outlives the server, it can be damaged, and others could read it.
@Suite struct SQLiteStateStoreTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/deep/er/state.sqlite" }

  @Test("Numbers and records outlive the store, numbers also without their records")
  func outlives() async throws {
    do {
      let store = try SQLiteStateStore(path: path)
      for _ in 0..<3 { _ = try await store.reserveSessionID() }
      try await store.save(.full(1))
      try await store.save(.example(2))
      try await store.removeSession(SessionID(2))
    }
    let store = try SQLiteStateStore(path: path)
    #expect(try await store.sessions() == [.full(1)])
    #expect(try await store.reserveSessionID() == SessionID(3))
  }

  @Test("What a call has returned from is in the file, without an orderly end")
  func survivesKill() async throws {
    let store = try SQLiteStateStore(path: path)
    _ = try await store.reserveSessionID()
    try await store.save(.full(0))
    // A killed server leaves the file and its log as they are now.
    let copy = folder.path + "/copy.sqlite"
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
    }
    let second = try SQLiteStateStore(path: copy)
    #expect(try await second.sessions() == [.full(0)])
    #expect(try await second.reserveSessionID() == SessionID(1))
    withExtendedLifetime(store) {}
  }

  @Test("The last number is given once, then there are none")
  func lastNumber() async throws {
    _ = try SQLiteStateStore(path: path)
    try edit("UPDATE counter SET next = 2147483646")
    let store = try SQLiteStateStore(path: path)
    #expect(try await store.reserveSessionID() == SessionID(.max - 1))
    let error = try await #require(throws: LivyError.self) {
      try await store.reserveSessionID()
    }
    #expect(error.message.contains("numbers of this server were used"))
  }

  @Test("Folder and files are for their owner alone, also when the file was open to all")
  func modes() async throws {
    do {
      let store = try SQLiteStateStore(path: path)
      try await store.save(.full(0))
      for suffix in ["", "-wal", "-shm", ".lock"] { #expect(try mode(path + suffix) == 0o600) }
      #expect(try mode(folder.path + "/deep/er") == 0o700)
      #expect(try mode(folder.path + "/deep") == 0o700)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    _ = try SQLiteStateStore(path: path)
    #expect(try mode(path) == 0o600)
  }

  @Test("A folder that others may write in is refused")
  func openFolder() throws {
    let open = folder.path + "/open"
    try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
    let error = try #require(throws: LivyError.self) {
      try SQLiteStateStore(path: open + "/state.sqlite")
    }
    #expect(error.code == .configuration)
    #expect(error.message.contains("chmod go-w"))
  }

  @Test("A link in the file's place is refused")
  func link() throws {
    let link = folder.path + "/link.sqlite"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path + "/elsewhere")
    #expect(throws: LivyError.self) { try SQLiteStateStore(path: link) }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
  }

  @Test("A second server is refused as long as the first lives")
  func oneServer() throws {
    let first = try SQLiteStateStore(path: path)
    let error = try #require(throws: LivyError.self) { try SQLiteStateStore(path: path) }
    #expect(error.code == .configuration)
    #expect(error.message.contains("in use by another server"))
    withExtendedLifetime(first) {}
  }

  @Test("A file of a newer version is refused and stays as it is")
  func newer() throws {
    _ = try SQLiteStateStore(path: path)
    try edit("INSERT INTO grdb_migrations VALUES ('999: from the future')")
    let error = try #require(throws: LivyError.self) { try SQLiteStateStore(path: path) }
    #expect(error.code == .store)
    #expect(error.message.contains("written by a newer version"))
    let queue = try DatabaseQueue(path: path)
    let migrations = try queue.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM grdb_migrations")
    }
    #expect(migrations == 3)
  }

  @Test("A database of another program is refused and stays as it is")
  func foreign() throws {
    let other = folder.path + "/other.sqlite"
    try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
    let error = try #require(throws: LivyError.self) { try SQLiteStateStore(path: other) }
    #expect(error.message.contains("another program"))
  }

  @Test("A file that is no database is refused and stays as it is")
  func garbage() throws {
    let bad = folder.path + "/bad.sqlite"
    let bytes = Data(repeating: 0x41, count: 5_000)
    try bytes.write(to: URL(fileURLWithPath: bad))
    let error = try #require(throws: LivyError.self) { try SQLiteStateStore(path: bad) }
    #expect(error.code == .store)
    #expect(error.message.contains("damaged"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: bad)) == bytes)
  }

  @Test("A page that was overwritten is found when the file is opened or listed")
  func damagedPage() async throws {
    do {
      let store = try SQLiteStateStore(path: path)
      for number: Int32 in 0..<200 { try await store.save(.full(number)) }
    }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let page = 4_096
    for index in (bytes.count / page / 2 * page)..<(bytes.count / page / 2 * page + page) {
      bytes[index] = 0xEE
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = try #require(throws: LivyError.self) { try SQLiteStateStore(path: path) }
    #expect(error.message.contains("damaged"))
  }

  @Test(
    "A record that cannot be read is an error that names it, never passed over",
    arguments: [
      "UPDATE session SET request = '{' WHERE id = 1",
      "UPDATE session SET request = '{}' WHERE id = 1",
      "UPDATE session SET request = replace(request, 'sparkr', 'cobol') WHERE id = 1",
      "UPDATE session SET uuid = 'short' WHERE id = 1",
      "UPDATE session SET state = 'sleepy' WHERE id = 1",
      "UPDATE session SET attempt = -1 WHERE id = 1",
      "UPDATE session SET request_version = 2 WHERE id = 1",
      "UPDATE session SET facts_version = 2 WHERE id = 1",
      "UPDATE session SET facts = 'x' WHERE id = 1",
      "UPDATE session SET facts = replace(facts, 'connect-back', 'pigeon') WHERE id = 1",
      "UPDATE session SET facts = replace(facts, 'submitting', 'dreaming') WHERE id = 1",
      "UPDATE session SET facts = replace(facts, 'driverPort', 'harbour') WHERE id = 1",
      "UPDATE session SET epoch = -1 WHERE id = 1",
      "UPDATE session SET reason = CAST(x'FF' AS TEXT) WHERE id = 1",
    ])
  func damagedRecord(_ damage: String) async throws {
    do {
      let store = try SQLiteStateStore(path: path)
      try await store.save(.example(0))
      try await store.save(.full(1))
    }
    try edit(damage)
    let store = try SQLiteStateStore(path: path)
    let error = try await #require(throws: LivyError.self) { try await store.sessions() }
    #expect(error.code == .store)
    #expect(error.message.contains("session 1 "))
    #expect(error.message.contains("DELETE FROM session WHERE id = 1"))
  }

  @Test("A counter that is gone is an error, and no number is made up")
  func counterGone() async throws {
    _ = try SQLiteStateStore(path: path)
    try edit("DELETE FROM counter")
    let store = try SQLiteStateStore(path: path)
    let error = try await #require(throws: LivyError.self) {
      try await store.reserveSessionID()
    }
    #expect(error.description.contains("counter 'session' is gone"))
  }

  @Test("Two sessions with one UUID are an error, and the first stays")
  func sameUUID() async throws {
    let store = try SQLiteStateStore(path: path)
    try await store.save(.example(0))
    var twin = SessionRecord.example(1)
    twin.uuid = SessionRecord.example(0).uuid
    let error = try await #require(throws: LivyError.self) { try await store.save(twin) }
    #expect(error.code == .store)
    #expect(try await store.sessions() == [.example(0)])
  }

  @Test("The check of the store writes, changes nothing, and tells why it cannot")
  func checkWritable() async throws {
    do {
      let store = try SQLiteStateStore(path: path)
      try await store.checkWritable()
      #expect(try await store.reserveSessionID() == SessionID(0))
      try await store.checkWritable()
      #expect(try await store.reserveSessionID() == SessionID(1))
    }
    try edit(
      "CREATE TRIGGER full BEFORE UPDATE ON counter BEGIN SELECT RAISE(FAIL, 'no room'); END")
    let store = try SQLiteStateStore(path: path)
    let error = try await #require(throws: LivyError.self) { try await store.checkWritable() }
    #expect(error.code == .store)
    #expect(error.description.contains("cannot be written"))
    #expect(error.description.contains("no room"))
  }

  private func edit(_ sql: String) throws {
    try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }
}
