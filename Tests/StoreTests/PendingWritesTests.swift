// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import GRDB
internal import LivyCore
internal import Testing

@testable internal import LivyStore

/// Group commit.
@Suite struct PendingWritesTests {
  struct Bad: Error {}

  let folder = TemporaryFolder()
  let queue: DatabaseQueue
  let pending: PendingWrites

  init() throws {
    queue = try DatabaseQueue(path: folder.path + "/a.sqlite")
    try queue.write {
      try $0.execute(sql: "CREATE TABLE number (n INTEGER PRIMARY KEY) STRICT")
    }
    pending = PendingWrites(queue)
  }

  @Test("Writes that wait while the file is busy share one commit")
  func oneCommit() async throws {
    let gate = hold()
    try await withThrowingTaskGroup { group in
      for number in 0..<100 { group.addTask { try await insert(number) } }
      try await waitFor(100)
      gate.signal()
      try await group.waitForAll()
    }
    #expect(pending.commitCount == 1)
    #expect(try numbers() == Array(0..<100))
  }

  @Test("No commit takes more writes than its limit")
  func limit() async throws {
    let gate = hold()
    let count = PendingWrites.writesPerCommitMax * 2 + 1
    try await withThrowingTaskGroup { group in
      for number in 0..<count { group.addTask { try await insert(number) } }
      try await waitFor(count)
      gate.signal()
      try await group.waitForAll()
    }
    #expect(pending.commitCount == 3)
    #expect(try numbers().count == count)
  }

  @Test("One that fails gets its own error, leaves nothing behind, and the others are kept")
  func oneFails() async throws {
    let gate = hold()
    let outcomes = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
      for number in 0..<10 {
        group.addTask {
          do {
            try await pending.write { database in
              try Self.insert(number, database)
              if number % 3 == 0 { throw Bad() }
            }
            return (number, true)
          } catch is Bad {
            return (number, false)
          }
        }
      }
      try await waitFor(10)
      gate.signal()
      return try await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
    }
    #expect(outcomes == Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, $0 % 3 != 0) }))
    #expect(try numbers() == [1, 2, 4, 5, 7, 8])
    #expect(pending.commitCount == 1)
  }

  @Test("One that is alone and fails gets its own error and leaves nothing behind")
  func aloneFails() async throws {
    await #expect(throws: Bad.self) {
      try await pending.write { database in
        try Self.insert(1, database)
        throw Bad()
      }
    }
    #expect(try numbers() == [])
    #expect(pending.commitCount == 0)
    try await insert(2)
    #expect(try numbers() == [2])
  }

  @Test("If the transaction ends under them, all its writes fail and none is kept")
  func transactionLost() async throws {
    let gate = hold()
    let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<10 {
        group.addTask {
          do {
            try await pending.write { database in
              try Self.insert(number, database)
              // As SQLite does by itself when the disk is full.
              if number == 5 { try database.execute(sql: "ROLLBACK") }
            }
            return false
          } catch {
            return true
          }
        }
      }
      try await waitFor(10)
      gate.signal()
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(failures == 10)
    #expect(try numbers() == [])
    // The next is well again.
    try await insert(1)
    #expect(try numbers() == [1])
  }

  @Test("A file that another program holds fails every write that waits, and only those")
  func busy() async throws {
    let other = try DatabaseQueue(path: folder.path + "/a.sqlite")
    let release = DispatchSemaphore(value: 0)
    let held = DispatchSemaphore(value: 0)
    other.asyncWriteWithoutTransaction { database in
      try? database.execute(sql: "BEGIN EXCLUSIVE")
      held.signal()
      release.wait()
      try? database.execute(sql: "ROLLBACK")
    }
    held.wait()
    for number in 0..<3 {
      let error = await #expect(throws: DatabaseError.self) { try await insert(number) }
      #expect(error?.resultCode == .SQLITE_BUSY)
    }
    release.signal()
    try await other.read { _ in }
    try await insert(7)
    #expect(try numbers() == [7])
  }

  @Test("Writes run in the order in which they were handed in")
  func order() async throws {
    try await insert(0)
    let gate = hold()
    try await withThrowingTaskGroup { group in
      for number in 1...20 {
        group.addTask {
          try await pending.write { database in
            try database.execute(
              sql: "UPDATE number SET n = ? WHERE n = ?", arguments: [number, number - 1])
          }
        }
        try await waitFor(number)
      }
      gate.signal()
      try await group.waitForAll()
    }
    #expect(try numbers() == [20])
  }

  @Test("A thousand pages of ten sessions at once are all kept")
  func store() async throws {
    let path = folder.path + "/state.sqlite"
    let store = try SQLiteStateStore(path: path)
    for number: Int32 in 0..<10 { try await store.save(SessionRecord.example(number)) }
    try await withThrowingTaskGroup { group in
      for number in 0..<1_000 {
        group.addTask {
          try await store.write(
            JournalPage(
              session: SessionID(Int32(number % 10)),
              statements: [.example(UInt64(number / 10))]))
        }
      }
      try await group.waitForAll()
    }
    for number: Int32 in 0..<10 {
      #expect(try await store.journal(of: SessionID(number)).statements.count == 100)
    }
  }

  /// Keeps the file busy until the semaphore is signalled.
  private func hold() -> DispatchSemaphore {
    let gate = DispatchSemaphore(value: 0)
    queue.asyncWriteWithoutTransaction { _ in gate.wait() }
    return gate
  }

  private func waitFor(_ count: Int) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while pending.waitingCount < count {
      try #require(ContinuousClock.now < deadline, "\(pending.waitingCount) writes wait")
      await Task.yield()
    }
  }

  private func insert(_ number: Int) async throws {
    try await pending.write { try Self.insert(number, $0) }
  }

  private static func insert(_ number: Int, _ database: Database) throws {
    try database.execute(sql: "INSERT INTO number (n) VALUES (?)", arguments: [number])
  }

  private func numbers() throws -> [Int] {
    try queue.read { try Int.fetchAll($0, sql: "SELECT n FROM number ORDER BY n") }
  }
}
