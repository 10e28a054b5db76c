// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("Slots, credit, keepalive")
struct SmallMachineTests {
  @Test("A slot is used again with a later generation, and old ids mean nothing")
  func slots() throws {
    var table = SlotTable<String>(opener: .accepted, slotsMax: 2)
    let (a, b, none) = (table.open("a"), table.open("b"), table.open("c"))
    let (first, second) = (try #require(a), try #require(b))
    #expect(none == nil)
    #expect(first.opener == .accepted)
    #expect(first.rawValue & 1 == 1)
    table.close(first)
    #expect(table.lookup(first) == .over)
    let c = table.open("c")
    let third = try #require(c)
    #expect(third.index == first.index)
    #expect(third.generation == first.generation + 1)
    #expect(table.lookup(first) == .unknown)
    #expect(table[first] == nil)
    #expect(table[second] == "b")
    #expect(table.openCount == 2)
    table.close(first)
    #expect(table.openCount == 2)
  }

  @Test("Generations wrap without touching 0")
  func generations() throws {
    var table = SlotTable<Int>(opener: .dialed, slotsMax: 1)
    for round in 0..<70_000 {
      let opened = table.open(round)
      let id = try #require(opened)
      #expect(id.generation != 0)
      #expect(id != .connection)
      table.close(id)
    }
  }

  @Test("The other side's ids are checked: range, owner, reuse")
  func accepting() throws {
    var table = SlotTable<Int>(opener: .dialed, slotsMax: 10)
    let id = CallID(opener: .dialed, index: 9, generation: 1)
    try table.accept(id, 1)
    #expect(throws: ProtocolError.self) { try table.accept(id, 2) }
    table.close(id)
    #expect(throws: ProtocolError.self) { try table.accept(id, 2) }
    #expect(throws: ProtocolError.self) { try table.accept(.connection, 2) }
    let later = CallID(opener: .dialed, index: 9, generation: 5)
    try table.accept(later, 3)
    table.close(later)
    for bad in [
      CallID(opener: .dialed, index: 9, generation: 4),
      CallID(opener: .dialed, index: 10, generation: 1),
      CallID(opener: .accepted, index: 0, generation: 1),
      CallID(opener: .dialed, index: 9, generation: 40_000),
    ] {
      #expect(throws: ProtocolError.self) { try table.accept(bad, 4) }
    }
    #expect(table.openCount == 0)
  }

  @Test("Calls of the other side leave nothing behind in a table, however many they were")
  func acceptedSlotsAreForgotten() throws {
    let pair = MachinePair()
    for _ in 0..<1_000 {
      let id = try #require(pair.begin([1]).id)
      try pair.settle()
      pair.far.finish(id, with: .success([2]))
      try pair.settle()
    }
    #expect(pair.near.local.free.count == 1)
    #expect(pair.far.remote.free.count == 0)
    #expect(pair.far.remote.openCount == 0)
  }

  @Test("Credit comes back in quarters, and only what was used up")
  func receiveCredit() {
    var credit = ReceiveCredit(window: 100)
    credit.receive(60)
    #expect(credit.outstanding == 40)
    #expect(credit.release(20) == 0)
    #expect(credit.release(10) == 30)
    credit.didReturn(30)
    #expect(credit.outstanding == 70)
    #expect(credit.release(0) == 0)
  }

  @Test("Credit without end is refused")
  func sendCredit() throws {
    var credit = SendCredit(10)
    credit.spend(30)
    #expect(credit.available == -20)
    try credit.grant(25)
    #expect(credit.available == 5)
    #expect(throws: ProtocolError.self) { try credit.grant(1 << 40) }
    #expect(throws: ProtocolError.self) { try credit.grant(.max) }
    #expect(credit.available == 5)
  }

  @Test("A queue keeps its order over any mix of appends and pops")
  func fifo() {
    var queue = Fifo<Int>()
    var expected: [Int] = []
    var random = SystemRandomNumberGenerator()
    for value in 0..<10_000 {
      if Int.random(in: 0..<5, using: &random) < 3 {
        queue.append(value)
        expected.append(value)
      } else {
        let popped = queue.popFirst()
        #expect(popped == expected.first)
        expected = Array(expected.dropFirst())
      }
      #expect(queue.count == expected.count)
    }
    queue.removeAll { $0.isMultiple(of: 2) }
    expected.removeAll { $0.isMultiple(of: 2) }
    while let value = queue.popFirst() { #expect(value == expected.removeFirst()) }
    #expect(expected.isEmpty)
  }

  @Test("A line of calls keeps its order over any mix, and does not grow by those taken out")
  func line() {
    var line = CallLine()
    var expected: [CallID] = []
    var random = SplitMix64(seed: 3)
    for number in 0..<20_000 as Range<UInt32> {
      switch Int.random(in: 0..<4, using: &random) {
      case 0, 1:
        line.append(CallID(rawValue: number))
        expected.append(CallID(rawValue: number))
      case 2 where !expected.isEmpty:
        line.remove(expected.remove(at: Int.random(in: 0..<expected.count, using: &random)))
      default:
        #expect(line.first == expected.first)
        line.popFirst()
        expected = Array(expected.dropFirst())
      }
      #expect(line.isEmpty == expected.isEmpty)
      #expect(line.length <= 2 * expected.count + 66)
    }
    // One that comes back is not lost.
    line = CallLine()
    for number in 1...3 as ClosedRange<UInt32> { line.append(CallID(rawValue: number)) }
    line.remove(CallID(rawValue: 2))
    line.append(CallID(rawValue: 2))
    for number in 1...3 as ClosedRange<UInt32> {
      #expect(line.first == CallID(rawValue: number))
      line.popFirst()
    }
    #expect(line.isEmpty)
  }

  @Test("A connection is idle when nobody called between two looks, and no call is open")
  func idleness() {
    var idleness = Idleness(timeout: .seconds(60))
    #expect(idleness.check(calls: 3, open: 1) == .rest(.seconds(60)))
    #expect(idleness.check(calls: 3, open: 1) == .rest(.seconds(60)))
    #expect(idleness.check(calls: 4, open: 0) == .rest(.seconds(60)))
    #expect(idleness.check(calls: 4, open: 0) == .idle)
    var unused = Idleness(timeout: .seconds(60))
    #expect(unused.check(calls: 0, open: 0) == .idle)
  }

  @Test("Silence is answered by a ping, silence after it by the end")
  func keepalive() {
    var keepalive = Keepalive(interval: .seconds(20), timeout: .seconds(5))
    #expect(keepalive.check() == .rest(.seconds(20)))
    #expect(keepalive.check() == .ping(1, .seconds(5)))
    #expect(keepalive.hear() == .seconds(20))
    #expect(keepalive.check() == .rest(.seconds(20)))
    #expect(keepalive.hear() == nil)
    #expect(keepalive.hear() == nil)
    #expect(keepalive.check() == .rest(.seconds(20)))
    #expect(keepalive.check() == .ping(2, .seconds(5)))
    #expect(keepalive.check() == .dead)
  }

  @Test("Small messages go first, but leave large ones their turn; endings overtake all")
  func schedule() {
    var limits = WireLimits()
    limits.framePayloadBytesMax = 4_096
    var schedule = SendSchedule(limits: limits)
    schedule.enqueue(CallID(rawValue: 1), in: .large)
    schedule.enqueue(CallID(rawValue: 2), in: .small)
    schedule.enqueue(CallID(rawValue: 3), in: .ending)
    #expect(schedule.firstEnding == CallID(rawValue: 3))
    #expect(schedule.prefersSmall)
    schedule.take(from: .small, bytes: 4_000)
    #expect(schedule.prefersSmall)
    schedule.enqueue(CallID(rawValue: 4), in: .small)
    schedule.take(from: .small, bytes: 96)
    #expect(!schedule.prefersSmall)
    schedule.take(from: .large, bytes: 4_096)
    #expect(schedule.prefersSmall)
    schedule.remove(CallID(rawValue: 3), from: .ending)
    #expect(schedule.isEmpty)
  }
}
