// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// Pages of a journal on their way to the store: one is being written, one more waits for those who
/// asked meanwhile.
struct JournalPages {
  /// How a page ended.
  struct Outcome {
    /// Why it is not in the store.
    var error: LivyError?
    /// How often statements had been taken back by then.
    var retractions: Int
  }

  var underWay: Task<Outcome, Never>?
  var next: Task<Outcome, Never>?

  /// Pages of more code and output, in UTF-8 bytes, take long to be made ready for the store.
  static let bytesOnLoopMax = 256 << 10
}

extension InteractiveSession {
  /// Returns when the store has all that the journal holds now, or with the reason why not.
  func writeJournal() async -> LivyError? {
    await nextPage().value.error
  }

  /// The page that brings all that the journal holds now to the store. Any number of callers share
  /// one.
  func nextPage() -> Task<JournalPages.Outcome, Never> {
    if let next = pages.next { return next }
    let before = pages.underWay
    // Where statements then leave for the driver.
    let page = Task(executorPreference: channel?.driver.executor) {
      () async -> JournalPages.Outcome in
      _ = await before?.value
      return await self.writePage()
    }
    pages.next = page
    return page
  }

  private func writePage() async -> JournalPages.Outcome {
    let error = await takeAndWrite()
    return JournalPages.Outcome(error: error, retractions: journal.retractions)
  }

  private func takeAndWrite() async -> LivyError? {
    pages.underWay = pages.next
    pages.next = nil
    guard let page = journal.takePage(of: identity.id) else { return nil }
    do throws(LivyError) {
      try await write(page)
      let known = journal.writtenNext
      journal.written(page)
      tellNew(page.statements, from: known)
      sendWritten()
      return nil
    } catch {
      journal.notWritten(page)
      wakeForTakenBack()
      surroundings.logger.error("the session's statements were not written: \(error)")
      return error
    }
  }

  /// A large page is made ready away from the driver's loop, on which others wait.
  private func write(_ page: JournalPage) async throws(LivyError) {
    let store = surroundings.store
    guard page.byteCount > JournalPages.bytesOnLoopMax else { return try await store.write(page) }
    try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(LivyError) in
      try await store.write(page)
    }
  }

  /// Followers hear of a statement once it cannot get lost.
  private func tellNew(_ statements: [Statement], from number: UInt64) {
    let new = statements.lazy.map(\.id).filter {
      $0.number >= number && self.journal[$0]?.state == .waiting
    }
    guard !new.isEmpty else { return }
    for id in new { feed.add(.statement(id, .waiting)) }
    publish()
  }

  /// Says that the store may have what this channel has not.
  func sendWritten() {
    guard machine.talks, let channel, channel.nextStatement < journal.writtenNext else { return }
    channel.send()
  }

  /// The next statements that go out over a channel, in order, without a gap; none when the store has
  /// no more of them, or there is another channel.
  func nextRequests(for other: DriverChannel) -> [ExecuteRequest] {
    guard machine.talks, var current = channel, isCurrent(other) else { return [] }
    var requests: [ExecuteRequest] = []
    var bytes = 0
    for statement in journal.unfinished(
      from: current.nextStatement, max: DriverChannel.statementsPerCallMax)
    where bytes <= DriverChannel.codeBytesPerCallMax {
      requests.append(request(for: statement))
      bytes += statement.code.utf8.count
    }
    current.nextStatement = requests.last.map { $0.statement.number + 1 } ?? journal.writtenNext
    channel = current
    return requests
  }

  private func request(for statement: Statement) -> ExecuteRequest {
    let code = statement.code
    // Livy's interpreters see line feeds alone; the journal keeps the code as it was sent.
    let lines = code.utf8.contains(13) ? code.replacing("\r\n", with: "\n") : code
    return ExecuteRequest(
      statement: statement.id, kind: statement.kind, code: lines, epoch: identity.epoch)
  }
}
