// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct JournalPageTests {
  private static let session = SessionID(7)

  private static func journal(retained: Int = 100) -> StatementJournal {
    StatementJournal(limits: .seen(retained: retained, unfinished: 1_000))
  }

  private static func finished(_ id: UInt64, _ event: UInt64) -> DriverEvent {
    DriverEvent(
      number: event, what: .finished(StatementID(id), .success([.plain("ok")]), atMilliseconds: 9))
  }

  private static func started(_ id: UInt64, _ event: UInt64) -> DriverEvent {
    DriverEvent(number: event, what: .started(StatementID(id), atMilliseconds: 5))
  }

  @Test("A page holds what changed since the last, once; without a change there is none")
  func changes() throws {
    var journal = Self.journal()
    #expect(journal.takePage(of: Self.session) == nil)
    let accepted = journal.accept("a", kind: .sql)
    let statement = try #require(accepted)
    let first = try journal.page()
    #expect(
      first == JournalPage(session: Self.session, statements: [statement], next: 1, lastEvent: 0))
    journal.written(first)
    #expect(journal.takePage(of: Self.session) == nil)
    _ = journal.apply(Self.started(0, 1))
    _ = journal.apply(Self.finished(0, 2))
    let second = try journal.page()
    #expect(second.statements.map(\.state) == [.available])
    #expect(second.lastEvent == 2)
    #expect(journal.writtenEvent == 0)
    journal.written(second)
    #expect(journal.writtenEvent == 2)
  }

  @Test("What happens while a page is being written is in the next one")
  func meanwhile() throws {
    var journal = Self.journal()
    _ = journal.accept("a", kind: .sql)
    let first = try journal.page()
    _ = journal.apply(Self.started(0, 1))
    _ = journal.accept("b", kind: .sql)
    journal.written(first)
    #expect(journal.unfinished(from: 0).map(\.code) == ["a"], "b is not in the store")
    let second = try journal.page()
    #expect(second.statements.map(\.code) == ["a", "b"])
    #expect(second.next == 2)
    journal.written(second)
    #expect(journal.unfinished(from: 0).map(\.code) == ["a", "b"])
    #expect(journal.unfinished(from: 1).map(\.code) == ["b"])
  }

  @Test("Progress alone is no change of a statement, but its event is in the page")
  func progress() throws {
    var journal = Self.journal()
    _ = journal.accept("a", kind: .sql)
    _ = journal.apply(Self.started(0, 1))
    journal.written(try journal.page())
    _ = journal.apply(DriverEvent(number: 2, what: .progress(StatementID(0), fraction: 0.5)))
    let page = try journal.page()
    #expect(page.statements.isEmpty)
    #expect(page.lastEvent == 2)
  }

  @Test("A statement that is no longer kept is dropped from the store")
  func drops() throws {
    var journal = Self.journal(retained: 1)
    for id in 0..<3 as Range<UInt64> { _ = journal.accept("\(id)", kind: .sql) }
    journal.written(try journal.page())
    for id in 0..<3 as Range<UInt64> { _ = journal.apply(Self.finished(id, id + 1)) }
    let page = try journal.page()
    #expect(page.dropped == [StatementID(0), StatementID(1)])
    #expect(page.statements.map(\.code) == ["2"])
  }

  @Test("After a page that was not written, what it held is in the next")
  func notWritten() throws {
    var journal = Self.journal(retained: 1)
    for code in ["a", "b"] { _ = journal.accept(code, kind: .sql) }
    journal.written(try journal.page())
    for id in 0..<2 as Range<UInt64> { _ = journal.apply(Self.finished(id, id + 1)) }
    let lost = try journal.page()
    journal.notWritten(lost)
    #expect(journal.retractions == 0)
    #expect(journal.takePage(of: Self.session) == lost)
  }

  @Test("Statements that could not be written are taken back, and their numbers given again")
  func retracted() throws {
    var journal = Self.journal()
    _ = journal.accept("kept", kind: .sql)
    journal.written(try journal.page())
    _ = journal.accept("lost", kind: .sql)
    let page = try journal.page()
    _ = journal.accept("came meanwhile", kind: .sql)
    journal.notWritten(page)
    #expect(journal.retractions == 1)
    #expect(journal.all.map(\.code) == ["kept"])
    #expect(journal.accept("again", kind: .sql)?.id == StatementID(1))
    let next = try journal.page()
    #expect(next.statements.map(\.code) == ["again"])
    // The store may have the page all the same: nothing of it stays.
    #expect(next.dropped == [StatementID(2)])
    #expect(next.next == 2)
  }

  @Test("A journal from the store goes on where it was")
  func restored() throws {
    var first = Self.journal()
    for code in ["a", "b", "c"] { _ = first.accept(code, kind: .sql) }
    _ = first.apply(Self.finished(0, 1))
    _ = first.apply(Self.started(1, 2))
    let page = try first.page()
    var second = StatementJournal(page, limits: .seen(retained: 100, unfinished: 3))
    #expect(second.all == first.all)
    #expect(second.lastEvent == 2)
    #expect(second.hasWaiting)
    #expect(second.unfinished(from: 0).map(\.code) == ["b", "c"])
    #expect(second.takePage(of: Self.session) == nil)
    #expect(second.accept("d", kind: .sql)?.id == StatementID(3))
    #expect(second.accept("e", kind: .sql) == nil, "three are unfinished")
    #expect(second.apply(Self.started(1, 2)) == .repeated)
    #expect(second.apply(Self.finished(1, 3)) == .applied)
  }
}

extension StatementJournal {
  fileprivate mutating func page() throws -> JournalPage {
    let page = takePage(of: SessionID(7))
    return try #require(page)
  }
}
