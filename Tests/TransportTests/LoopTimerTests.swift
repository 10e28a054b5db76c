// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite struct LoopTimerTests {
  private func entry(_ nanoseconds: UInt64, _ timer: LoopTimer = LoopTimer()) -> TimerHeap.Entry {
    TimerHeap.Entry(instant: LoopInstant(nanoseconds: nanoseconds), timer: timer) {}
  }

  @Test("The heap gives timers in the order of their instants", arguments: [1, 2, 7, 1_000])
  func heapOrder(count: Int) {
    var random = SystemRandomNumberGenerator()
    var heap = TimerHeap()
    let instants = (0..<count).map { _ in UInt64.random(in: 0...500, using: &random) }
    for instant in instants { heap.insert(entry(instant)) }
    var popped: [UInt64] = []
    while let next = heap.popDue(LoopInstant(nanoseconds: .max)) {
      popped.append(next.instant.nanoseconds)
    }
    #expect(popped == instants.sorted())
  }

  @Test("Timers of one instant fire in the order in which they were made")
  func heapTies() {
    var heap = TimerHeap()
    let timers = (0..<100).map { _ in LoopTimer() }
    for timer in timers { heap.insert(entry(5, timer)) }
    for timer in timers {
      #expect(heap.popDue(LoopInstant(nanoseconds: 5))?.timer === timer)
    }
  }

  @Test("A timer that is not due stays")
  func heapNotDue() {
    var heap = TimerHeap()
    heap.insert(entry(10))
    #expect(heap.popDue(LoopInstant(nanoseconds: 9)) == nil)
    #expect(heap.popDue(LoopInstant(nanoseconds: 10)) != nil)
    #expect(heap.earliest == nil)
  }

  @Test("Of many timers that are due few fire in a turn, all in order, and no work is lost")
  func fewInATurn() async throws {
    var limits = TransportLimits()
    limits.timersPerTurnMax = 10
    let loop = try EventLoop.start(name: "timers", limits: limits)
    let fired = Locked<[(turn: UInt64, number: Int)]>([])
    await loop.run {
      let now = loop.now
      for number in 0..<95 {
        loop.schedule(at: now) {
          fired.withLock { $0.append((loop.counters.pointee.turns, number)) }
        }
      }
    }
    #expect(await eventually { fired.withLock { $0.count } == 95 })
    let turns = Dictionary(grouping: fired.withLock { $0 }, by: \.turn).mapValues(\.count)
    #expect(fired.withLock { $0.map(\.number) } == Array(0..<95))
    #expect(turns.count == 10 && turns.values.allSatisfy { $0 <= 10 })
    await loop.stop()
  }

  @Test("Cancelled timers do not pile up")
  func heapSweep() {
    var heap = TimerHeap()
    let kept = LoopTimer()
    heap.insert(entry(7, kept))
    for _ in 0..<100_000 {
      let timer = LoopTimer()
      heap.insert(entry(1_000_000, timer))
      timer.cancel()
    }
    #expect(heap.count <= 128)
    #expect(heap.popDue(LoopInstant(nanoseconds: .max))?.timer === kept)
    #expect(heap.popDue(LoopInstant(nanoseconds: .max)) == nil)
  }

  @Test("Timers fire on the loop, in order and not too early, wherever they were made")
  func firing() async throws {
    let loop = try EventLoop.start(name: "test-timers")
    let fired = Locked<[Int]>([])
    let early = Atomic(0)
    let start = loop.now
    for delay in [30, 10, 20, 1, 0] {
      let due = start.advanced(by: .milliseconds(delay))
      loop.schedule(at: due) {
        if loop.now < due || !loop.isCurrent { early.add(1, ordering: .relaxed) }
        fired.withLock { $0.append(delay) }
      }
    }
    loop.submit {
      loop.schedule(at: start.advanced(by: .milliseconds(40))) {
        fired.withLock { $0.append(40) }
      }
    }
    #expect(await eventually { fired.withLock { $0.count } == 6 })
    #expect(fired.withLock { $0 } == [0, 1, 10, 20, 30, 40])
    #expect(early.load(ordering: .relaxed) == 0)
    await loop.stop()
  }

  @Test("A cancelled timer does not fire, and an earlier one that comes later goes first")
  func cancelling() async throws {
    let loop = try EventLoop.start(name: "test-cancel")
    let fired = Locked<[String]>([])
    let cancelled = loop.schedule(after: .milliseconds(20)) {
      fired.withLock { $0.append("cancelled") }
    }
    loop.schedule(after: .seconds(3_600)) { fired.withLock { $0.append("far") } }
    loop.schedule(after: .milliseconds(40)) { fired.withLock { $0.append("last") } }
    loop.schedule(after: .milliseconds(5)) { fired.withLock { $0.append("first") } }
    cancelled.cancel()
    cancelled.cancel()
    #expect(await eventually { fired.withLock { $0.contains("last") } })
    #expect(fired.withLock { $0 } == ["first", "last"])
    await loop.stop()
  }

  @Test("What a timer submits runs also where the timer was overdue before the loop went to wait")
  func overdue() async throws {
    let loop = try EventLoop.start(name: "test-overdue")
    let done = Atomic(false)
    loop.submit {
      let due = loop.now.advanced(by: .milliseconds(1))
      loop.schedule(at: due) {
        loop.submit { done.store(true, ordering: .releasing) }
      }
      // The loop is busy until after the timer's instant; then nobody else wakes it.
      let end = due.advanced(by: .milliseconds(20))
      while loop.now < end {}
    }
    #expect(await eventually(within: .seconds(20)) { done.load(ordering: .acquiring) })
    await loop.stop()
  }

  @Test("A timer for long ago fires at once, one for the end of time does not disturb")
  func extremes() async throws {
    let loop = try EventLoop.start(name: "test-extremes")
    let fired = Locked<[String]>([])
    loop.schedule(at: LoopInstant(nanoseconds: .max)) { fired.withLock { $0.append("never") } }
    loop.schedule(at: LoopInstant(nanoseconds: 0)) { fired.withLock { $0.append("past") } }
    #expect(await eventually { fired.withLock { $0 } == ["past"] })
    loop.schedule(after: .milliseconds(5)) { fired.withLock { $0.append("next") } }
    #expect(await eventually { fired.withLock { $0 } == ["past", "next"] })
    await loop.stop()
  }

  @Test("Timers that timers make fire too, be they due already or not")
  func chain() async throws {
    let loop = try EventLoop.start(name: "test-chain")
    let fired = Locked<[Int]>([])
    @Sendable func next(_ number: Int) {
      fired.withLock { $0.append(number) }
      guard number < 20 else { return }
      loop.schedule(after: .milliseconds(number % 2)) { next(number + 1) }
    }
    loop.schedule(after: .zero) { next(0) }
    #expect(await eventually { fired.withLock { $0 } == Array(0...20) })
    await loop.stop()
  }

  @Test("The time of a turn stands still within a turn and goes on with the next one")
  func turnInstant() async throws {
    let loop = try EventLoop.start(name: "test-turn")
    let times = await loop.run { () -> [LoopInstant] in
      let first = loop.turnInstant
      while loop.now <= first {}
      return [first, loop.turnInstant, loop.now]
    }
    #expect(times[0] == times[1] && times[1] < times[2])
    #expect(await loop.run { loop.turnInstant } > times[1])
    #expect(await loop.run { loop.turnInstant <= loop.now })
    await loop.stop()
  }

  @Test("An instant never overflows")
  func instants() {
    let start = LoopInstant(nanoseconds: 1_000)
    #expect(start.advanced(by: .seconds(Int64.max)).nanoseconds == .max)
    #expect(start.advanced(by: .seconds(Int64.min)).nanoseconds == 0)
    #expect(start.advanced(by: .nanoseconds(5)).nanoseconds == 1_005)
    #expect(start.advanced(by: .nanoseconds(-5)).nanoseconds == 995)
    #expect(start.duration(to: LoopInstant(nanoseconds: 995)) == .nanoseconds(-5))
  }
}
