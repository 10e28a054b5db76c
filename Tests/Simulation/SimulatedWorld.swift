// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import TestSupport
package import Transport

/// Loops, links between them, a pool for tasks that have no loop, and a clock, on one thread. The
/// seed decides who takes its turn, how long a turn lasts and how the links behave: the same seed
/// gives the same run.
///
/// Nothing moves but within `run`. Time passes with each turn and jumps to the next event when all
/// loops rest.
///
/// Proof for `@unchecked Sendable`: a world belongs to the thread that made it. Other threads could
/// come in through a loop's `Loop` and executor functions alone, and those stop the program.
package final class SimulatedWorld: @unchecked Sendable {
  package enum Failure: Error {
    /// So many turns without an end: something goes round in circles.
    case livelock(turns: Int)
  }

  package let seed: UInt64
  package private(set) var now = LoopInstant(nanoseconds: 1_000_000_000)
  package private(set) var log: EventLog
  package var random: SplitMix64
  /// Looks at what it likes between two turns.
  package var onTurnEnd: (() -> Void)?
  /// The loop whose turn it is.
  private(set) var current: SimulatedLoop?

  private let thread = pthread_self()
  private var loops: [SimulatedLoop] = []
  private var pool: [UnownedJob] = []
  /// Set once, by `init`; it needs the world itself.
  private var poolExecutor: PoolExecutor?
  private var events = EventQueue()
  private var turns = 0
  private let turnsMax: Int

  package init(seed: UInt64, keepsLines: Bool = false, turnsMax: Int = 1_000_000) {
    self.seed = seed
    self.turnsMax = turnsMax
    random = SplitMix64(seed: seed)
    log = EventLog(keepsLines: keepsLines)
    poolExecutor = PoolExecutor(self)
  }

  var isOnItsThread: Bool { pthread_equal(thread, pthread_self()) != 0 }

  package func makeLoop() -> SimulatedLoop {
    let loop = SimulatedLoop(in: self, number: loops.count)
    loops.append(loop)
    return loop
  }

  package func note(_ what: StaticString, _ numbers: Int..., words: String = "") {
    log.note(at: now, what, numbers, words)
  }

  /// Runs `body` on `loop` at a time from now.
  package func after(
    _ delay: Duration, on loop: SimulatedLoop, _ body: @escaping @Sendable () -> Void
  ) {
    events.insert(EventQueue.Event(at: now.advanced(by: delay), on: loop, body))
  }

  func insert(_ event: EventQueue.Event) {
    events.insert(event)
  }

  /// Runs `body` as if it were a turn of `loop`, without letting anything else happen.
  package func inspect<Value>(_ loop: SimulatedLoop, _ body: () -> Value) -> Value {
    precondition(current == nil, "a world was inspected in the midst of a turn")
    current = loop
    defer { current = nil }
    return body()
  }

  // MARK: Running

  /// True when nothing is to be done and no event is to come.
  package var isQuiet: Bool { !isBusy && events.earliest() == nil }

  private var isBusy: Bool { !pool.isEmpty || loops.contains { $0.hasWork } }

  /// Lets so much time pass.
  package func run(for limit: Duration) throws(Failure) {
    let end = now.advanced(by: limit)
    try GlobalPool.with(self) { () throws(Failure) in
      while true {
        if isBusy {
          try takeTurn()
        } else if let next = events.earliest(), next <= end {
          now = max(now, next)
        } else {
          break
        }
        while let event = events.popDue(now) { event.loop.add(event) }
      }
    }
    now = max(now, end)
  }

  private func takeTurn() throws(Failure) {
    turns += 1
    guard turns <= turnsMax else { throw .livelock(turns: turns) }
    let ready = loops.filter(\.hasWork)
    let index = Int.random(in: 0..<ready.count + min(pool.count, 1), using: &random)
    if ready.indices.contains(index) {
      current = ready[index]
      ready[index].takeTurn(rounds: Int.random(in: 1...16, using: &random))
      current = nil
    } else {
      runPoolJob()
    }
    onTurnEnd?()
    now = now.advanced(by: random.duration(.microseconds(1) ... .microseconds(20)))
  }

  // MARK: The pool

  func addPoolJob(_ job: UnownedJob) {
    precondition(isOnItsThread, "work of a simulated world escaped to another thread")
    pool.append(job)
  }

  /// Any of those that wait: a pool has several threads and keeps no order.
  private func runPoolJob() {
    let index = Int.random(in: pool.indices, using: &random)
    note("pool", index, pool.count)
    let job = pool.remove(at: index)
    if let poolExecutor { job.runSynchronously(on: poolExecutor.asUnownedTaskExecutor()) }
  }
}
