// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct StatementJournalTests {
  var journal = StatementJournal(limits: .seen(retained: 3, unfinished: 5))

  private mutating func accept(_ count: Int) {
    for number in 0..<count { _ = journal.accept("code \(number)", kind: .pyspark) }
  }

  private mutating func apply(_ whats: DriverEvent.What...) {
    for what in whats {
      let event = DriverEvent(number: journal.lastEvent + 1, what: what)
      #expect(journal.apply(event) == .applied)
    }
  }

  private mutating func finish(_ id: UInt64) {
    apply(
      .started(StatementID(id), atMilliseconds: 1),
      .finished(StatementID(id), .success([.plain("\(id)")]), atMilliseconds: 2))
  }

  @Test("Numbers begin at 0 and have no gaps, not even after a refusal")
  mutating func numbers() {
    accept(5)
    #expect(journal.accept("one too many", kind: .sql) == nil)
    finish(0)
    #expect(journal.accept("next", kind: .sql)?.id == StatementID(5))
    #expect(journal.all.map(\.id.number) == [0, 1, 2, 3, 4, 5])
  }

  @Test("A statement waits, runs, is available, with its times and progress")
  mutating func life() {
    accept(1)
    #expect(journal.hasWaiting)
    apply(.started(StatementID(0), atMilliseconds: 10))
    #expect(!journal.hasWaiting)
    #expect(journal[StatementID(0)]?.state == .running)
    #expect(journal[StatementID(0)]?.startedMilliseconds == 10)
    apply(.progress(StatementID(0), fraction: 0.25))
    #expect(journal[StatementID(0)]?.progress == 0.25)
    apply(.finished(StatementID(0), .success([.plain("x")]), atMilliseconds: 20))
    let done = journal[StatementID(0)]
    #expect(done?.state == .available)
    #expect(done?.output == .success([.plain("x")]))
    #expect(done?.progress == 1)
    #expect(done?.completedMilliseconds == 20)
  }

  @Test("Only the newest finished ones are kept; what waits or runs always is")
  mutating func retention() {
    for id: UInt64 in 0..<6 {
      accept(1)
      finish(id)
    }
    accept(4)
    #expect(journal.all.map(\.id.number) == [3, 4, 5, 6, 7, 8, 9])
    finish(6)
    finish(7)
    #expect(journal.all.map(\.id.number) == [5, 6, 7, 8, 9])
    #expect(journal[StatementID(4)] == nil)
    #expect(journal[StatementID(5)]?.id == StatementID(5))
    #expect(journal[StatementID(99)] == nil)
  }

  @Test("A limit of no finished statements is obeyed")
  mutating func noRetention() {
    journal = StatementJournal(limits: .seen(retained: 0, unfinished: 5))
    accept(2)
    finish(0)
    #expect(journal.all.map(\.id.number) == [1])
  }

  @Test("An event that came before changes nothing")
  mutating func repeated() {
    accept(1)
    finish(0)
    let before = journal
    for number: UInt64 in 0...2 {
      let event = DriverEvent(number: number, what: .progress(StatementID(0), fraction: 0.1))
      #expect(journal.apply(event) == .repeated)
    }
    #expect(journal == before)
  }

  @Test("A gap in the numbers is told, and nothing of it is applied")
  mutating func gap() {
    accept(1)
    let before = journal
    let event = DriverEvent(number: 2, what: .started(StatementID(0), atMilliseconds: 1))
    #expect(journal.apply(event) == .gap(after: 0))
    let last = DriverEvent(number: .max, what: .state(.idle))
    #expect(journal.apply(last) == .gap(after: 0))
    #expect(journal == before)
  }

  @Test("What makes no sense is passed over: unknown statements, finished ones, bad numbers")
  mutating func nonsense() {
    accept(1)
    apply(
      .started(StatementID(7), atMilliseconds: 1),
      .finished(StatementID(.max), .success([]), atMilliseconds: 1),
      .progress(StatementID(0), fraction: 0.5))
    #expect(journal[StatementID(0)]?.state == .waiting)
    #expect(journal[StatementID(0)]?.progress == 0)
    apply(.started(StatementID(0), atMilliseconds: -5), .progress(StatementID(0), fraction: .nan))
    #expect(journal[StatementID(0)]?.startedMilliseconds == 0)
    #expect(journal[StatementID(0)]?.progress == 0)
    apply(.progress(StatementID(0), fraction: 7))
    #expect(journal[StatementID(0)]?.progress == 1)
    apply(.progress(StatementID(0), fraction: -1))
    #expect(journal[StatementID(0)]?.progress == 0)
    apply(.finished(StatementID(0), .success([.plain("first")]), atMilliseconds: 3))
    apply(
      .finished(StatementID(0), .success([.plain("second")]), atMilliseconds: 4),
      .started(StatementID(0), atMilliseconds: 5))
    #expect(journal[StatementID(0)]?.output == .success([.plain("first")]))
    #expect(journal[StatementID(0)]?.state == .available)
    #expect(journal[StatementID(0)]?.completedMilliseconds == 3)
  }

  @Test("Ending all leaves the finished ones as they are, and none waits")
  mutating func failAll() {
    accept(3)
    finish(0)
    apply(.started(StatementID(1), atMilliseconds: 1))
    journal.failAll(at: 9) { StatementFailure(name: "Lost", value: $0.state.rawValue) }
    #expect(journal[StatementID(0)]?.output == .success([.plain("0")]))
    #expect(
      journal[StatementID(1)]?.output == .failure(StatementFailure(name: "Lost", value: "running")))
    #expect(
      journal[StatementID(2)]?.output == .failure(StatementFailure(name: "Lost", value: "waiting")))
    #expect(journal.all.allSatisfy { $0.state == .available && $0.progress == 1 })
    #expect(!journal.hasWaiting)
    #expect(journal.accept("more", kind: .sql)?.id == StatementID(3))
  }

  @Test("A statement that was refused out of turn leaves its neighbours alone")
  mutating func failOne() {
    accept(3)
    journal.fail(StatementID(1), StatementFailure(name: "No", value: ""), at: 4)
    #expect(journal.all.map(\.state) == [.waiting, .available, .waiting])
    #expect(journal.hasWaiting)
  }

  @Test(
    "A waiting one that is cancelled is over at once; what the driver says later changes nothing")
  mutating func cancelWaiting() {
    accept(2)
    journal.cancel(StatementID(1), at: 4)
    let before = journal[StatementID(1)]
    #expect(before?.state == .cancelled)
    #expect(before?.output == nil)
    #expect(before?.progress == 1)
    #expect(before?.startedMilliseconds == 0)
    #expect(before?.completedMilliseconds == 4)
    apply(
      .finished(StatementID(1), .cancelled(nil), atMilliseconds: 6),
      .started(StatementID(1), atMilliseconds: 7))
    #expect(journal[StatementID(1)] == before)
    #expect(journal.hasWaiting)
    apply(.started(StatementID(0), atMilliseconds: 8))
    #expect(!journal.hasWaiting)
  }

  @Test("A running one is cancelling, then cancelled with what its code came to")
  mutating func cancelRunning() {
    accept(1)
    apply(
      .started(StatementID(0), atMilliseconds: 1), .progress(StatementID(0), fraction: 0.2))
    journal.beginCancelling(StatementID(0))
    #expect(journal[StatementID(0)]?.state == .cancelling)
    apply(.progress(StatementID(0), fraction: 0.4))
    #expect(journal[StatementID(0)]?.progress == 0.4)
    let output = StatementOutput.failure(StatementFailure(name: "KeyboardInterrupt", value: ""))
    apply(.finished(StatementID(0), .cancelled(output), atMilliseconds: 9))
    let done = journal[StatementID(0)]
    #expect(done?.state == .cancelled)
    #expect(done?.output == output)
    #expect(done?.progress == 1)
    #expect(done?.completedMilliseconds == 9)
    journal.beginCancelling(StatementID(0))
    #expect(journal[StatementID(0)] == done)
  }

  @Test("The answer to a cancellation may be quicker than the news that the statement runs")
  mutating func cancelBeforeStarted() {
    accept(1)
    journal.beginCancelling(StatementID(0))
    #expect(!journal.hasWaiting)
    apply(.started(StatementID(0), atMilliseconds: 3))
    #expect(journal[StatementID(0)]?.state == .cancelling)
    #expect(journal[StatementID(0)]?.startedMilliseconds == 3)
    apply(.started(StatementID(0), atMilliseconds: 4))
    #expect(journal[StatementID(0)]?.startedMilliseconds == 3)
  }

  @Test("Cancelled ones count as finished: they are kept up to the limit and make room")
  mutating func cancelledRetention() {
    accept(5)
    for id: UInt64 in 0..<5 { journal.cancel(StatementID(id), at: 1) }
    #expect(journal.all.map(\.id.number) == [2, 3, 4])
    #expect(journal.accept("next", kind: .sql)?.id == StatementID(5))
    journal.cancel(StatementID(77), at: 1)
    journal.beginCancelling(StatementID(77))
    #expect(journal.all.map(\.id.number) == [2, 3, 4, 5])
  }

  @Test("One that is being cancelled when its driver is lost ends with the reason")
  mutating func lostWhileCancelling() {
    accept(1)
    apply(.started(StatementID(0), atMilliseconds: 1))
    journal.beginCancelling(StatementID(0))
    journal.failAll(at: 9) { StatementFailure(name: "Lost", value: $0.state.rawValue) }
    #expect(
      journal[StatementID(0)]?.output
        == .failure(StatementFailure(name: "Lost", value: "cancelling")))
    #expect(journal[StatementID(0)]?.isFinished == true)
  }
}
