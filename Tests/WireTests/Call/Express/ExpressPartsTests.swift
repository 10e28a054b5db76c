// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("Parts of short calls")
struct ExpressPartsTests {
  private func instant(_ milliseconds: UInt64) -> LoopInstant {
    LoopInstant(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000)
  }

  private func id(_ index: Int, _ generation: UInt16 = 1) -> CallID {
    CallID(opener: .dialed, index: index, generation: generation)
  }

  private func receiver(_ tag: UInt32) -> ExpressCalls.Receiver {
    ExpressCalls.Receiver(sink: .none, tag: tag)
  }

  // MARK: ExpressCalls

  @Test("A call is found by its id alone, until it is closed")
  func lookup() {
    var calls = ExpressCalls()
    calls.open(id(3), for: receiver(9), deadline: .never)
    #expect(calls.contains(id(3)) && calls[id(3)]?.receiver.tag == 9)
    for other in [id(3, 2), id(2), id(40), .connection] {
      #expect(!calls.contains(other))
      #expect(calls.close(other) == nil)
    }
    #expect(calls.close(id(3))?.id == id(3))
    #expect(calls.close(id(3)) == nil)
    #expect(calls.openCount == 0)
  }

  @Test("A call is given up once, and stays until its answer")
  func givingUp() {
    var calls = ExpressCalls()
    calls.open(id(0), for: receiver(1), deadline: instant(5))
    #expect(calls.giveUp(id(0))?.tag == 1)
    #expect(calls.giveUp(id(0)) == nil)
    #expect(calls.giveUp(id(1)) == nil)
    #expect(calls.expire(at: instant(10)).isEmpty)
    #expect(calls.openCount == 1)
    #expect(calls.close(id(0))?.isGivenUp == true)
  }

  @Test("Each call expires by its deadline, none before, once; looks are a millisecond apart")
  func deadlines() {
    var calls = ExpressCalls()
    var random = SplitMix64(seed: 11)
    var open: [Int: UInt64] = [:]
    for (index, milliseconds) in Array(1...300 as ClosedRange<UInt64>)
      .shuffled(using: &random).enumerated()
    {
      open[index] = milliseconds
      calls.open(id(index), for: receiver(UInt32(index)), deadline: instant(milliseconds))
    }
    // Those that were answered are not told.
    for index in 0..<100 {
      #expect(calls.close(id(index)) != nil)
      open[index] = nil
    }
    #expect(calls.expire(at: instant(0)).isEmpty)
    var looks = 0
    var last = instant(0)
    while calls.earliestDeadline != .never {
      let now = calls.earliestDeadline
      #expect(now >= last)
      last = now
      for expired in calls.expire(at: now) {
        let deadline = open.removeValue(forKey: expired.id.index)
        #expect(deadline.map { instant($0) <= now } ?? false)
      }
      #expect(open.values.allSatisfy { instant($0) > now })
      #expect(calls.earliestDeadline > now)
      looks += 1
    }
    #expect(open.isEmpty)
    #expect(looks <= 300)
    #expect(calls.openCount == 200, "the peer's last frames are still to come")
  }

  @Test("Deadlines that stand close together are looked for once in a millisecond")
  func closeTogether() {
    var calls = ExpressCalls()
    for index in 0..<3_000 {
      let deadline = LoopInstant(nanoseconds: 1_000_000_000 + UInt64(index + 1) * 1_000)
      calls.open(id(index), for: receiver(0), deadline: deadline)
    }
    var looks = 0
    while calls.earliestDeadline != .never {
      _ = calls.expire(at: calls.earliestDeadline)
      looks += 1
    }
    #expect(looks == 4)
  }

  @Test("The end tells those that wait")
  func end() {
    var calls = ExpressCalls()
    for index in 0..<5 { calls.open(id(index), for: receiver(UInt32(index)), deadline: .never) }
    _ = calls.giveUp(id(1))
    _ = calls.close(id(2))
    #expect(calls.removeAll().map(\.receiver.tag) == [0, 3, 4])
    #expect(calls.openCount == 0 && calls.removeAll().isEmpty)
  }

  // MARK: Slots

  @Test("A reserved slot is nobody else's until it is released or its call is closed")
  func reservation() throws {
    var table = SlotTable<String>(opener: .dialed, slotsMax: 2)
    let (reserved, other) = (table.reserve(), table.reserve())
    let (first, second) = (try #require(reserved), try #require(other))
    let none = table.reserve()
    #expect(none == nil && first.index != second.index)
    #expect(table.openCount == 0 && table[first] == nil)
    #expect(table.lookup(first) == .over, "its call is kept elsewhere")
    table.release(first)
    let again = table.reserve()
    let third = try #require(again)
    #expect(third.index == first.index && third.generation == first.generation + 1)
    table.fill(third, with: "a")
    #expect(table[third] == "a" && table.openCount == 1 && table.openIDs == [third])
    table.close(third)
    let last = table.open("b")
    #expect(last?.index == first.index && last?.generation == third.generation + 1)
  }

  @Test("Slots above a limit that came later are not reserved")
  func limit() throws {
    var table = SlotTable<String>(opener: .dialed, slotsMax: 3)
    let ids = [table.reserve(), table.reserve(), table.reserve()].compactMap { $0 }
    table.limit(to: 1)
    for id in ids.sorted(by: { $0.index > $1.index }) { table.release(id) }
    let first = table.reserve()
    let none = table.reserve()
    #expect(first?.index == 0 && none == nil)
  }

  @Test("A call that is passed is over at once, and its id is used up")
  func passing() throws {
    var table = SlotTable<String>(opener: .dialed, slotsMax: 4)
    try table.pass(id(3))
    #expect(table.lookup(id(3)) == .over && table.openCount == 0)
    #expect(throws: ProtocolError.self) { try table.pass(id(3)) }
    try table.pass(id(3, 2))
    try table.accept(id(3, 3), "open")
    #expect(throws: ProtocolError.self) { try table.pass(id(3, 4)) }
    #expect(throws: ProtocolError.self) { try table.pass(id(4)) }
    #expect(throws: ProtocolError.self) { try table.pass(.connection) }
    #expect(table[id(3, 3)] == "open")
  }

  // MARK: Terms, tables

  @Test("A timeout travels in whole milliseconds, rounded up, and never as none")
  func terms() throws {
    #expect(try CallTerms(timeout: nil).milliseconds == 0)
    #expect(try CallTerms(timeout: .nanoseconds(1)).milliseconds == 1)
    #expect(try CallTerms(timeout: .milliseconds(7)).milliseconds == 7)
    #expect(try CallTerms(timeout: .microseconds(7_001)).milliseconds == 8)
    #expect(try CallTerms(timeout: .seconds(1 << 40)).milliseconds == .max)
    let now = instant(0)
    #expect(try CallTerms(timeout: nil).deadline(from: now) == .never)
    #expect(try CallTerms(timeout: .milliseconds(7)).deadline(from: now) == instant(7))
    #expect(
      try CallTerms(timeout: .seconds(9)).deadline(from: LoopInstant(nanoseconds: .max - 1))
        == .never)
  }

  @Test("Terms are no longer than what is left of the call that is served, and carry its trace")
  func scope() async throws {
    let trace = try #require(TraceContext([1, 2]))
    let terms = try await trace.attached { try CallTerms(timeout: .seconds(5)) }
    #expect(terms.trace == trace && terms.duration == .seconds(5))
    let loop = try EventLoop.start(name: "terms")
    let time = ServingTime(until: loop.now.advanced(by: .seconds(100)), on: loop)
    let limited = try CallScope.$current.withValue(CallScope(time: time, trace: nil)) {
      try CallTerms(timeout: .seconds(500))
    }
    #expect(limited.milliseconds <= 100_000 && limited.milliseconds > 10_000)
    time.end()
    let free = try CallScope.$current.withValue(CallScope(time: time, trace: nil)) {
      try CallTerms(timeout: .seconds(500))
    }
    #expect(free.milliseconds == 500_000)
    await loop.stop()
  }

  @Test("Prompt methods are found by number, and nothing else is")
  func promptTable() {
    #expect(PromptTable([:])[0] == nil)
    let echo = PromptMethod(PromptMethods.echo) { request, _ in request }
    let table = PromptTable([3: echo, 9: echo, .max: echo])
    for number in 0...UInt16.max {
      #expect((table[number] != nil) == [3, 9, .max].contains(number))
    }
  }

  @Test("Sinks are known by a number that is used again")
  func sinks() async throws {
    final class Sink: AnswerSink {
      func take(_ response: UnsafeRawBufferPointer, of tag: UInt32) {}
      func fail(_ tag: UInt32, with error: CallError) {}
    }
    var table = SinkTable()
    let (a, b) = (Sink(), Sink())
    let first = table.add(a)
    let second = table.add(b)
    #expect(table[first] === a && table[second] === b && table[.none] == nil)
    table.remove(first)
    table.remove(first)
    table.remove(.none)
    #expect(table[first] == nil && !table.isEmpty)
    let third = table.add(a)
    #expect(third == first && table[second] === b)
    table.remove(third)
    table.remove(second)
    #expect(table.isEmpty)
  }
}
