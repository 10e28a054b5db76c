// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A thread with a libuv loop; the executor of the actors and tasks that are pinned to it.
///
/// An actor pins itself with `nonisolated var unownedExecutor { loop.asUnownedSerialExecutor() }`
/// and may then be entered from callbacks of streams by `assumeIsolated`. A turn of the loop is:
/// wait for the kernel, deliver what came, run what was submitted, then flush what was written
/// (see `flushAtTurnEnd`).
///
/// Proof for `@unchecked Sendable`: `inbox` is a mutex. Every other stored property is either
/// immutable, or confined to the loop's thread: it is touched only by code that runs in `turn` or
/// that checked `isCurrent`. `uv_async_send` is the one call to libuv from other threads; it is
/// made under the mutex and only before the phase is `stopped`, so never on a closed handle. The
/// thread that runs late work after the stop begins only after the phase became `stopped`, and
/// there is one at a time.
package final class EventLoop: Loop, @unchecked Sendable {
  package let name: String
  package let limits: TransportLimits

  let handles: LoopHandles
  /// Where all streams of the loop read into; valid during a read callback.
  let readBuffer: UnsafeMutableRawBufferPointer
  /// Confined to the loop's thread, as what it points to; a pointer, so that counting is an addition
  /// and no more.
  let counters: UnsafeMutablePointer<TransportMetrics>
  let inbox = Locked(LoopInbox())
  /// Set once, by `init`; it needs the loop itself.
  private var executorOfTasks: LoopTaskExecutor?

  // Confined to the loop's thread.
  var localWork: [LoopWork] = []
  var spareWork: [LoopWork] = []
  var nextTurnWork: [() -> Void] = []
  var presentTurnWork: [() -> Void] = []
  var flushes: [any TurnFlush] = []
  var timers = TimerHeap()
  var isFiringTimers = false
  var knownInstant: LoopInstant?
  var meter: TurnMeter
  var isInboxSignalled = false
  var isStopRequested = false
  /// No handle and no timer is made any more.
  var isStopping = false

  /// Starts the thread. Nothing else is needed; end it with `stop()`.
  package static func start(
    name: String, limits: TransportLimits = TransportLimits()
  ) throws(TransportError) -> EventLoop {
    let loop = try EventLoop(name: name, limits: limits)
    let retained = Unmanaged.passRetained(loop)
    var thread = uv_thread_t()
    let code = uv_thread_create(&thread, eventLoopThreadMain, retained.toOpaque())
    if code < 0 {
      retained.release()
      loop.handles.close()
      throw UVError(number: code).asTransportError("cannot start the thread of loop \(name)")
    }
    loop.inbox.withLock { $0.thread = thread }
    return loop
  }

  private init(name: String, limits: TransportLimits) throws(TransportError) {
    cuv_keep_freed_memory()
    self.name = name
    self.limits = limits
    handles = try LoopHandles(name: name)
    meter = TurnMeter(limit: limits.turnCPUMax)
    // Pages, as the kernel's: see tls_output.c.
    readBuffer = .allocate(byteCount: limits.readBufferBytes, alignment: 4_096)
    counters = .allocate(capacity: 1)
    counters.initialize(to: TransportMetrics())
    executorOfTasks = LoopTaskExecutor(loop: self)
  }

  deinit {
    readBuffer.deallocate()
    counters.deinitialize(count: 1)
    counters.deallocate()
  }

  var raw: UnsafeMutablePointer<uv_loop_t> { handles.raw }

  /// For tasks that shall run on this loop: `Task(executorPreference: loop.taskExecutor)`.
  package var taskExecutor: LoopTaskExecutor {
    executorOfTasks ?? LoopTaskExecutor(loop: self)
  }

  package var now: LoopInstant { LoopInstant(nanoseconds: uv_hrtime()) }

  package var turnInstant: LoopInstant {
    precondition(isCurrent, "the time of a turn was asked for off its loop")
    if let knownInstant { return knownInstant }
    let now = now
    knownInstant = now
    return now
  }

  package var isCurrent: Bool {
    cuv_current_loop() == Unmanaged.passUnretained(self).toOpaque()
  }

  package func submit(_ body: @escaping @Sendable () -> Void) {
    post(.body(body))
  }

  @discardableResult
  package func schedule(
    at instant: LoopInstant, _ body: @escaping @Sendable () -> Void
  ) -> LoopTimer {
    let timer = LoopTimer()
    let entry = TimerHeap.Entry(instant: instant, timer: timer, body: body)
    if isCurrent { insert(entry) } else { post(.timer(entry)) }
    return timer
  }

  package func flushAtTurnEnd(_ item: any TurnFlush) {
    precondition(isCurrent, "flushAtTurnEnd was called off its loop")
    flushes.append(item)
  }

  /// What the loop did so far; a copy that is made in one of its turns.
  package func metrics() async -> TransportMetrics {
    await run { self.counters.pointee }
  }

  /// Ends every stream, listener and bound child of the loop (their receivers hear `cancelled`),
  /// drops the timers, runs what is left to run, ends the thread. May be called more than once
  /// and from a task on this loop. Work that is submitted later still runs, on a thread of its
  /// own; timers then never fire.
  package func stop() async {
    await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
      let isStopped = inbox.withLock { inbox -> Bool in
        if case .stopped = inbox.phase { return true }
        inbox.phase = .stopping
        inbox.stopWaiters.append(waiter)
        if !inbox.isSignalled {
          inbox.isSignalled = true
          uv_async_send(handles.wakeUp)
        }
        return false
      }
      if isStopped { waiter.resume() }
    }
    let thread = inbox.withLock { inbox in
      defer { inbox.thread = nil }
      return inbox.thread
    }
    // Its last act was to wake us, so this takes microseconds.
    if var thread { uv_thread_join(&thread) }
  }

  /// Runs `body` in a later round of this loop's work. On the loop only, so it need not be
  /// `Sendable`.
  func later(_ body: @escaping () -> Void) {
    precondition(isCurrent, "a loop's work was queued off its loop")
    localWork.append(.localBody(body))
  }

  /// Runs `body` after the kernel was asked once more. On the loop only; a loop that stops drops it.
  func nextTurn(_ body: @escaping () -> Void) {
    precondition(isCurrent, "a loop's turn was used off its loop")
    if !isStopping { nextTurnWork.append(body) }
  }

  /// On the loop, a list of its own needs no lock; from elsewhere one wake-up serves a whole batch.
  func post(_ work: LoopWork) {
    if isCurrent {
      localWork.append(work)
      return
    }
    let wake = inbox.withLock { inbox -> LoopInbox.Wake in
      let wake = inbox.add(work)
      if case .sendAsync = wake { uv_async_send(handles.wakeUp) }
      return wake
    }
    if case .startLateRunner = wake { startLateRunner() }
  }
}

// MARK: As an executor of actors.

extension EventLoop {
  package func enqueue(_ job: consuming ExecutorJob) {
    post(.actorJob(UnownedJob(job)))
  }

  package func checkIsolated() {
    precondition(isCurrent, "not on loop \(name)")
  }

  package func isIsolatingCurrentContext() -> Bool? {
    isCurrent
  }
}
