// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct StatementRetentionTests {
  var journal = StatementJournal(limits: JournalLimits(retainedMax: 2, unfinishedMax: 100))
  var events: UInt64 = 0

  private var ids: [UInt64] { journal.all.map(\.id.number) }

  private mutating func finish(_ count: Int, text: String = "ok", at: Int64 = 1_000) throws {
    for _ in 0..<count {
      let statement = journal.accept("x", kind: .sql)
      let id = try #require(statement).id
      events += 1
      let what = DriverEvent.What.finished(id, .success([.plain(text)]), atMilliseconds: at)
      #expect(journal.apply(DriverEvent(number: events, what: what)) == .applied)
    }
  }

  private mutating func read(_ ids: UInt64..., at: Int64 = 1_000) {
    journal.markRead(ids.map { StatementID($0) }, at: at)
  }

  @Test("Results that nobody has seen stay; once seen, the newest are kept")
  mutating func unread() throws {
    try finish(5)
    #expect(ids == [0, 1, 2, 3, 4])
    read(1)
    #expect(ids == [0, 2, 3, 4])
    read(0, 2, 3, 4)
    #expect(ids == [3, 4])
  }

  @Test("A result that nobody fetches within its time goes as if it were seen")
  mutating func overdue() throws {
    try finish(4)
    journal.dropOldest(at: 600_999)
    #expect(ids == [0, 1, 2, 3])
    journal.dropOldest(at: 601_000)
    #expect(ids == [2, 3])
  }

  /// The rule, word for word: of what is beyond the newest two, the seen and the overdue go.
  private struct Model {
    var open: [UInt64] = []
    /// In ascending order of ids.
    var finished: [(id: UInt64, end: Int64, isSeen: Bool)] = []

    mutating func drop(at now: Int64) {
      var surplus = finished.count - 2
      finished.removeAll { statement in
        surplus -= 1
        return surplus >= 0 && (statement.isSeen || now >= statement.end + 600_000)
      }
    }
  }

  @Test(
    "Whatever ends and is seen in whatever order, what the rule says is kept", arguments: 1...40)
  mutating func anyOrder(seed: UInt64) throws {
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var model = Model()
    var now: Int64 = 1_000
    for _ in 0..<300 {
      now += Int64(random(40_000))
      switch random(4) {
      case 0:
        let statement = journal.accept("x", kind: .sql)
        model.open.append(try #require(statement).id.number)
      case 1 where !model.open.isEmpty, 2 where !model.open.isEmpty:
        let id = model.open.remove(at: random(min(3, model.open.count)))
        journal.cancel(StatementID(id), at: now)
        model.finished.append((id, now, false))
        model.finished.sort { $0.id < $1.id }
        model.drop(at: now)
      case 3 where !model.finished.isEmpty:
        let position = random(model.finished.count)
        read(model.finished[position].id, at: now)
        model.finished[position].isSeen = true
        model.drop(at: now)
      default:
        journal.dropOldest(at: now)
        model.drop(at: now)
      }
      try #require(ids == (model.open + model.finished.map(\.id)).sorted())
    }
  }

  @Test("Above the byte budget the oldest go, seen or not, but for the newest")
  mutating func bytes() throws {
    var limits = JournalLimits(retainedMax: 100, unfinishedMax: 100)
    limits.finishedBytesMax = 100
    journal = StatementJournal(limits: limits)
    try finish(3, text: String(repeating: "a", count: 40))
    #expect(ids == [1, 2], "41 bytes each, with their code")
    try finish(1, text: String(repeating: "a", count: 1_000))
    #expect(ids == [3])
  }

  @Test("What waits is bounded by number and by the bytes of its code")
  mutating func unfinished() throws {
    var limits = JournalLimits(retainedMax: 2, unfinishedMax: 2)
    limits.unfinishedCodeBytesMax = 10
    journal = StatementJournal(limits: limits)
    let large = journal.accept(String(repeating: "x", count: 20), kind: .sql)
    #expect(large != nil, "alone it may be larger")
    let beside = journal.accept("1", kind: .sql)
    #expect(beside == nil)
    journal.cancel(StatementID(0), at: 1)
    let taken = ["12345", "123456", "12345", ""].map { journal.accept($0, kind: .sql) != nil }
    #expect(taken == [true, false, true, false], "too many bytes, then too many statements")
  }

  @Test("After a restart the same bounds hold, and nothing counts as seen")
  mutating func recovered() throws {
    try finish(5)
    let taken = journal.takePage(of: SessionID(1))
    let page = try #require(taken)
    journal = StatementJournal(page, limits: journal.limits)
    #expect(ids == [0, 1, 2, 3, 4])
    read(0, 1, 2)
    #expect(ids == [3, 4])
  }

  @Test("Each change of state is news once, in order")
  mutating func news() throws {
    let accepted = journal.accept("x", kind: .sql)
    let id = try #require(accepted).id
    let early = journal.takeNews()
    #expect(early.isEmpty, "it is promised to nobody yet")
    _ = journal.apply(DriverEvent(number: 1, what: .started(id, atMilliseconds: 1)))
    journal.beginCancelling(id)
    let end = DriverEvent.What.finished(id, .cancelled(nil), atMilliseconds: 2)
    _ = journal.apply(DriverEvent(number: 2, what: end))
    let news = journal.takeNews()
    #expect(news.map(\.state) == [.running, .cancelling, .cancelled])
    let more = journal.takeNews()
    #expect(more.isEmpty)
  }
}

extension JournalLimits {
  /// Without special treatment of what nobody has seen.
  static func seen(retained: Int, unfinished: Int) -> JournalLimits {
    var limits = JournalLimits(retainedMax: retained, unfinishedMax: unfinished)
    limits.unreadRetain = .zero
    return limits
  }
}
