// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// Called by libuv's thread start; the argument is a retained `EventLoop`.
func eventLoopThreadMain(_ argument: UnsafeMutableRawPointer?) {
  guard let argument else { return }
  Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().threadMain()
}

/// The argument is a retained `EventLoop` that has stopped.
func eventLoopLateMain(_ argument: UnsafeMutableRawPointer?) {
  guard let argument else { return }
  Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().lateMain()
}

func eventLoopDidWakeUp(_ handle: UnsafeMutablePointer<uv_async_t>?) {
  withCurrentLoop { $0.isInboxSignalled = true }
}

func eventLoopAlarm(_ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
  withCurrentLoop { $0.fireTimers() }
}

func eventLoopWillPoll(_ handle: UnsafeMutablePointer<uv_prepare_t>?) {
  withCurrentLoop { $0.willPoll() }
}

func eventLoopDidPoll(_ handle: UnsafeMutablePointer<uv_check_t>?) {
  withCurrentLoop { $0.didPoll() }
}

/// The loop whose callback runs. Safe to borrow, without a count of references: a loop lives while
/// its thread runs.
@inline(__always)
private func withCurrentLoop(_ body: (EventLoop) -> Void) {
  guard let loop = cuv_current_loop() else { return }
  Unmanaged<EventLoop>.fromOpaque(loop)._withUnsafeGuaranteedRef(body)
}

extension EventLoop {
  /// Rounds of work in one turn before the sockets get their share again. Chains of short jobs (a
  /// call comes in, wakes a task, the task answers) mostly end within one turn and leave in one
  /// write.
  private static let roundsMax = 16
  /// A longer list gives its memory back.
  private static let keptCapacityMax = 4_096

  func threadMain() {
    cuv_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
    cuv_thread_prepare(name)
    handles.run()
    windDown()
  }

  /// What closed handles left to do is done in the turn that begins.
  fileprivate func willPoll() {
    knownInstant = nil
    meter.turnDidEnd(at: uv_now(raw), counters)
    if !nextTurnWork.isEmpty { swap(&presentTurnWork, &nextTurnWork) }
    handles.setHasty(!localWork.isEmpty || !presentTurnWork.isEmpty || !flushes.isEmpty)
  }

  fileprivate func didPoll() {
    counters.pointee.turns &+= 1
    if !presentTurnWork.isEmpty { runTurnWork() }
    if isInboxSignalled { takeInbox() }
    runRounds()
    if isStopRequested { uv_stop(raw) }
  }

  private func runTurnWork() {
    let work = presentTurnWork
    presentTurnWork = []
    for body in work { body() }
  }

  private func takeInbox() {
    isInboxSignalled = false
    var batch = spareWork
    spareWork = []
    isStopRequested = inbox.withLock { inbox in
      inbox.take(&batch)
      if case .running = inbox.phase { return false }
      return true
    }
    for item in batch { run(item) }
    batch.removeAll(keepingCapacity: batch.capacity <= Self.keptCapacityMax)
    spareWork = batch
  }

  private func runRounds() {
    var rounds = 0
    while !localWork.isEmpty && rounds < Self.roundsMax {
      rounds += 1
      var batch = spareWork
      spareWork = []
      swap(&batch, &localWork)
      for item in batch { run(item) }
      batch.removeAll(keepingCapacity: batch.capacity <= Self.keptCapacityMax)
      spareWork = batch
    }
    runFlushes()
  }

  /// A flush may make another one necessary (TLS writes into TCP), so the list grows while it is
  /// walked.
  private func runFlushes() {
    guard !flushes.isEmpty else { return }
    var index = 0
    while index < flushes.count {
      flushes[index].flush()
      index += 1
    }
    flushes.removeAll(keepingCapacity: true)
  }

  private func run(_ work: LoopWork) {
    switch work {
    case .actorJob(let job): job.runSynchronously(on: asUnownedSerialExecutor())
    case .taskJob(let job): job.runSynchronously(on: taskExecutor.asUnownedTaskExecutor())
    case .body(let body): body()
    case .localBody(let body): body()
    case .timer(let entry): insert(entry)
    }
  }
}

// MARK: Timers.

extension EventLoop {
  func insert(_ entry: TimerHeap.Entry) {
    if isStopping { return }
    timers.insert(entry)
    if !isFiringTimers { handles.alarm.set(noLaterThan: entry.instant) }
  }

  fileprivate func fireTimers() {
    let now = now
    if let due = handles.alarm.instant, due < now {
      counters.pointee.timerDelay.record(now.nanoseconds - due.nanoseconds)
    }
    isFiringTimers = true
    handles.alarm.didGoOff()
    knownInstant = now
    var fired = 0
    while fired < limits.timersPerTurnMax, let entry = timers.popDue(now) {
      fired += 1
      if entry.timer.claim() { entry.body() }
    }
    isFiringTimers = false
    // What is due and was not fired sets the alarm off in the next turn.
    if let earliest = timers.earliest {
      handles.alarm.set(noLaterThan: earliest)
    } else {
      handles.alarm.clear()
    }
  }
}

// MARK: The end.

extension EventLoop {
  private func windDown() {
    isStopping = true
    timers.removeAll()
    nextTurnWork = []
    presentTurnWork = []
    handles.alarm.clear()
    handles.wakeUp.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { uv_unref($0) }
    uv_walk(raw, handleOfStoppingLoop, nil)
    while !isWoundDown {
      takeInbox()
      runRounds()
      uv_run(raw, localWork.isEmpty ? UV_RUN_ONCE : UV_RUN_NOWAIT)
    }
    handles.close()
    // A waiter's task may prefer this loop: it goes on there as late work, not on this thread's
    // list.
    cuv_set_current_loop(nil)
    let waiters = inbox.withLock { inbox in
      defer { inbox.stopWaiters = [] }
      return inbox.stopWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Decides, in one step with the mutex, that nothing is left; from then on nobody wakes the loop.
  private var isWoundDown: Bool {
    guard uv_loop_alive(raw) == 0, localWork.isEmpty, flushes.isEmpty else { return false }
    return inbox.withLock { inbox in
      guard inbox.work.isEmpty else { return false }
      inbox.phase = .stopped(lateRunner: .none)
      return true
    }
  }

  func startLateRunner() {
    let retained = Unmanaged.passRetained(self)
    var thread = uv_thread_t()
    let code = uv_thread_create(&thread, eventLoopLateMain, retained.toOpaque())
    if code < 0 {
      retained.release()
      inbox.withLock { $0.phase = .stopped(lateRunner: .none) }
      return
    }
    cuv_thread_detach(thread)
  }

  func lateMain() {
    cuv_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
    cuv_thread_prepare(name)
    while isLateWorkLeft {
      takeInbox()
      repeat { runRounds() } while !localWork.isEmpty
    }
    cuv_set_current_loop(nil)
  }

  private var isLateWorkLeft: Bool {
    inbox.withLock { inbox in
      if !inbox.work.isEmpty { return true }
      inbox.phase = .stopped(lateRunner: .none)
      return false
    }
  }
}
