// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
package import Transport

/// A loop of a `SimulatedWorld`: an executor whose turns the world gives out.
///
/// A turn is as an event loop's: rounds of what was submitted, in order, then what was written
/// leaves.
///
/// Proof for `@unchecked Sendable`: confined to the thread of its world; what other threads could
/// call checks that first.
package final class SimulatedLoop: Loop, @unchecked Sendable {
  private enum Work {
    case actorJob(UnownedJob)
    case taskJob(UnownedJob)
    case body(@Sendable () -> Void)
    case event(EventQueue.Event)
  }

  package let number: Int
  package unowned let world: SimulatedWorld
  private var work: [Work] = []
  private var flushes: [any TurnFlush] = []
  /// Set once, by `init`; it needs the loop itself.
  private var executorOfTasks: SimulatedTaskExecutor?

  init(in world: SimulatedWorld, number: Int) {
    self.world = world
    self.number = number
    executorOfTasks = SimulatedTaskExecutor(self)
  }

  /// For tasks that shall run on this loop. A type of its own, as the event loop has it.
  package var taskExecutor: SimulatedTaskExecutor { executorOfTasks ?? SimulatedTaskExecutor(self) }

  package var now: LoopInstant { world.now }

  package var isCurrent: Bool { world.isOnItsThread && world.current === self }

  package func submit(_ body: @escaping @Sendable () -> Void) {
    add(.body(body))
  }

  @discardableResult
  package func schedule(
    at instant: LoopInstant, _ body: @escaping @Sendable () -> Void
  ) -> LoopTimer {
    checkThread()
    let timer = LoopTimer()
    world.insert(EventQueue.Event(at: instant, on: self, timer: timer, body))
    return timer
  }

  package func flushAtTurnEnd(_ item: any TurnFlush) {
    precondition(isCurrent, "flushAtTurnEnd was called off its loop")
    flushes.append(item)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    add(.actorJob(UnownedJob(job)))
  }

  package func checkIsolated() {
    precondition(isCurrent, "not on simulated loop \(number)")
  }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  // MARK: For the world

  var hasWork: Bool { !work.isEmpty }

  func add(_ event: EventQueue.Event) { add(.event(event)) }

  fileprivate func enqueueTask(_ job: UnownedJob) { add(.taskJob(job)) }

  func takeTurn(rounds: Int) {
    world.note("turn", number, work.count)
    TurnLog.measure { runTurn(rounds: rounds) }
  }

  private func runTurn(rounds: Int) {
    var rest = rounds
    while !work.isEmpty, rest > 0 {
      rest -= 1
      var batch: [Work] = []
      swap(&batch, &work)
      for item in batch { run(item) }
    }
    var index = 0
    while index < flushes.count {
      flushes[index].flush()
      index += 1
    }
    flushes.removeAll(keepingCapacity: true)
  }

  private func run(_ item: Work) {
    switch item {
    case .actorJob(let job): job.runSynchronously(on: asUnownedSerialExecutor())
    case .taskJob(let job): job.runSynchronously(on: taskExecutor.asUnownedTaskExecutor())
    case .body(let body): body()
    case .event(let event):
      if event.timer?.claim() ?? true { event.body() }
    }
  }

  private func add(_ item: Work) {
    checkThread()
    work.append(item)
  }

  private func checkThread() {
    precondition(world.isOnItsThread, "work of a simulated world escaped to another thread")
  }
}

/// Runs tasks on a simulated loop: `Task(executorPreference: loop.taskExecutor) { ... }`.
package final class SimulatedTaskExecutor: TaskExecutor {
  /// Keeps it alive.
  private unowned let loop: SimulatedLoop

  init(_ loop: SimulatedLoop) {
    self.loop = loop
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    loop.enqueueTask(UnownedJob(job))
  }
}
