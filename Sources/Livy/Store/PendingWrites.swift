// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Synchronization

/// Group commit: writes that come while a transaction runs wait, and the next one takes them all.
///
/// A commit costs a sync of the disk, and every statement of every session waits for one; so many
/// of them share it. Each write that is not alone runs in a savepoint of its own: one that fails
/// leaves nothing behind and does not touch the others. No caller is answered before its write is on disk. Writes
/// run in the order in which they were handed in; one that was handed in cannot be taken back.
final class PendingWrites: Sendable {
  /// More wait for the transaction after.
  static let writesPerCommitMax = 256

  /// Answers a caller once it is known how the transaction ended: nil is well.
  private typealias Answer = @Sendable ((any Error)?) -> Void

  private struct Write: Sendable {
    /// Inside the transaction, in a savepoint if others share it.
    let attempt: @Sendable (Database, _ isAlone: Bool) -> Attempt
    /// When there was no transaction to try it in.
    let refuse: @Sendable (any Error) -> Void
  }

  private struct Attempt {
    var failed: Bool
    var answer: Answer
  }

  private struct State {
    var waiting: [Write] = []
    /// A commit that has not taken its writes yet stands in the queue.
    var isScheduled = false
    var commitCount: UInt64 = 0
  }

  private let queue: DatabaseQueue
  private let state = Mutex(State())

  init(_ queue: DatabaseQueue) {
    self.queue = queue
  }

  /// Transactions that were committed, for measurements.
  var commitCount: UInt64 { state.withLock(\.commitCount) }

  /// Writes that no transaction has taken yet.
  var waitingCount: Int { state.withLock(\.waiting.count) }

  /// Returns when the write is on disk; throws its own error, or that of the transaction.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    // Nothing is awaited before the write stands in line: that keeps the order of the calls.
    try await withCheckedThrowingContinuation { continuation in
      add(
        Write(
          attempt: { database, isAlone in
            let result = Result {
              isAlone ? try body(database) : try Self.inSavepoint(of: database, body)
            }
            return Attempt(failed: result.isFailure) { failure in
              if let failure, case .success = result {
                continuation.resume(throwing: failure)
              } else {
                continuation.resume(with: result)
              }
            }
          },
          refuse: { continuation.resume(throwing: $0) }))
    }
  }

  private func add(_ write: Write) {
    let mustSchedule = state.withLock { state in
      state.waiting.append(write)
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if mustSchedule { schedule() }
  }

  private func schedule() {
    queue.asyncWriteWithoutTransaction { self.commit($0) }
  }

  private func commit(_ database: Database) {
    let writes = take()
    let isAlone = writes.count == 1
    var isKept = true
    var answers: [Answer] = []
    var failure: (any Error)?
    do {
      try database.inTransaction(.immediate) {
        let attempts = writes.map { $0.attempt(database, isAlone) }
        answers = attempts.map(\.answer)
        isKept = !isAlone || !attempts.contains(where: \.failed)
        return isKept ? .commit : .rollback
      }
      if isKept { state.withLock { $0.commitCount &+= 1 } }
    } catch {
      failure = error
    }
    for answer in answers { answer(failure) }
    if let failure { for write in writes.dropFirst(answers.count) { write.refuse(failure) } }
  }

  private func take() -> [Write] {
    let (writes, areMore) = state.withLock { state in
      let writes = Array(state.waiting.prefix(Self.writesPerCommitMax))
      state.waiting.removeFirst(writes.count)
      state.isScheduled = !state.waiting.isEmpty
      return (writes, state.isScheduled)
    }
    if areMore { schedule() }
    return writes
  }

  private static func inSavepoint<Value>(
    of database: Database, _ body: (Database) throws -> Value
  ) throws -> Value {
    // Some errors, such as a full disk, end the whole transaction. A savepoint would then begin one
    // of its own.
    guard database.isInsideTransaction else {
      throw DatabaseError(
        resultCode: .SQLITE_ABORT, message: "an earlier write ended the transaction")
    }
    var value: Value?
    try database.inSavepoint {
      value = try body(database)
      return .commit
    }
    guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
    return value
  }
}

extension Result {
  fileprivate var isFailure: Bool {
    if case .failure = self { true } else { false }
  }
}
