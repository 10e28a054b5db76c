// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// Pages of a journal on their way to the store: one is being written, one more waits for those who
/// asked meanwhile.
struct JournalPages {
  var underWay: Task<LivyError?, Never>?
  var next: Task<LivyError?, Never>?
}

extension InteractiveSession {
  /// Returns when the store has all that the journal holds now, or with the reason why not. Any
  /// number of callers share one page.
  func writeJournal() async -> LivyError? {
    if let next = pages.next { return await next.value }
    let before = pages.underWay
    let page = Task { () async -> LivyError? in
      _ = await before?.value
      return await writePage()
    }
    pages.next = page
    return await page.value
  }

  private func writePage() async -> LivyError? {
    pages.underWay = pages.next
    pages.next = nil
    guard let page = journal.takePage(of: identity.id) else { return nil }
    do throws(LivyError) {
      try await surroundings.store.write(page)
      journal.written(page)
      sendWritten()
      return nil
    } catch {
      journal.notWritten(page)
      surroundings.logger.error("the session's statements were not written: \(error)")
      return error
    }
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
