// SPDX-License-Identifier: Apache-2.0

package import Transport

/// Calls over one established connection, in both directions at once.
///
/// Lives on its stream's loop: bytes reach it there without a hop, and callers cross to it once for
/// a call. All that is decided is decided by `ConnectionMachine`; this is its runner, which owns
/// the stream, the timers and the tasks. What is sent in one turn of the loop leaves in one write.
@usableFromInline
package actor Connection {
  private enum Life {
    case new
    case running
    /// Waits for the end of the stream.
    case closing(ConnectionEnd)
    case over(ConnectionEnd)
  }

  package nonisolated let loop: any Loop
  package nonisolated let peer: PeerCertificate?
  package nonisolated let remoteAddress: SocketAddress
  @usableFromInline
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  let methods: [UInt16: ServedMethod]
  let limits: WireLimits
  /// What lies on the path of each call.
  nonisolated let core: LoopBound<ConnectionCore>
  var handlers = HandlerTable()
  var waiters = StreamWaiters()
  private var idleness: Idleness?
  private var life = Life.new
  private var timers = ConnectionTimers()
  private var closedWaiters: [CheckedContinuation<ConnectionEnd, Never>] = []

  /// - Parameters:
  ///   - side: whether this side dialed or accepted the connection; the peer is the other.
  ///   - process: a budget that several connections share for messages that are partly received.
  package init(
    _ established: EstablishedConnection, side: ConnectionSide,
    serving table: MethodTable = MethodTable(), limits: WireLimits = WireLimits(),
    process: ProcessBudget? = nil
  ) {
    loop = established.loop
    peer = established.peer
    remoteAddress = established.remoteAddress
    methods = table.methods
    self.limits = limits
    idleness = limits.idleTimeout.map { Idleness(timeout: $0) }
    let machine = ConnectionMachine(
      side: side, limits: limits, serving: table.methods.mapValues(\.shape), process: process)
    core = LoopBound(
      ConnectionCore(established.stream, limits: limits, serving: table, machine: machine),
      on: established.loop)
  }

  /// For code that is compiled into its callers.
  @usableFromInline nonisolated var coreOnLoop: ConnectionCore { core.value }
  /// On the loop now; enough for what does not suspend.
  @usableFromInline nonisolated var isOnLoop: Bool { loop.isCurrent }

  /// A caller that is isolated to `isolation` runs on the loop and does so after each `await`. To
  /// be there is not enough: a task that an actor of the loop has just answered may still be.
  @usableFromInline
  nonisolated func staysOnLoop(_ isolation: (any Actor)?) -> Bool {
    guard loop.isCurrent else { return false }
    if let isolation { return isolation.unownedExecutor.asSerialExecutor() === loop }
    return withUnsafeCurrentTask {
      $0?.unownedTaskExecutor == loop.taskExecutor.asUnownedTaskExecutor()
    }
  }

  /// Says hello and begins to receive. Called once.
  package func start() {
    guard case .new = life else { return }
    life = .running
    core.value.start(for: self)
    timers.keepalive = after(limits.helloTimeout) { $0.helloIsDue() }
    if let lifetime = limits.lifetimeMax {
      timers.lifetime = after(lifetime) {
        $0.end(ConnectionEnd(.lifetime, "the connection may last \(lifetime) and no longer"))
      }
    }
    if let idleTimeout = limits.idleTimeout { checkIdleness(after: idleTimeout) }
    setNeedsFlush()
  }

  // MARK: End

  /// Says goodbye: new calls are refused on both sides, those that are under way go on, then the
  /// connection closes.
  package func goAway(_ reason: String = "draining") {
    guard case .running = life, core.value.machine.phase == .open else { return close() }
    core.value.machine.sayGoaway(Goaway(.draining, reason))
    setNeedsFlush()
  }

  /// `goAway`, and `close` for what is not done within `limit`.
  package func drain(within limit: Duration) async -> ConnectionEnd {
    goAway()
    if case .running = life { timers.drain = after(limit) { $0.close() } }
    return await closed()
  }

  /// Ends the connection now. Open calls fail with `unavailable`, handlers are cancelled.
  package func close() {
    end(ConnectionEnd(.closed, "closed by this side"))
  }

  /// Its end has begun: no call on it succeeds any more.
  package var isEnding: Bool {
    switch life {
    case .new, .running: false
    case .closing, .over: true
    }
  }

  /// What happened so far; after the end, all that did.
  package var metrics: ConnectionMetrics { core.value.machine.counted() }

  /// Waits for the end of the connection and tells its reason. Not cut short by cancellation:
  /// `close` ends the wait.
  package func closed() async -> ConnectionEnd {
    await withCheckedContinuation { waiter in
      if case .over(let end) = life {
        waiter.resume(returning: end)
      } else {
        closedWaiters.append(waiter)
      }
    }
  }

  func end(_ end: ConnectionEnd) {
    switch life {
    case .new:
      // The stream was never started, so nothing will tell of its end.
      core.value.cancelStream()
      stop(end)
      beOver(end)
    case .running:
      life = .closing(end)
      core.value.isRunning = false
      if let goaway = end.goaway { core.value.machine.sayGoaway(goaway) }
      stop(end)
      finishStream(cutNow: end.code == .silent)
    case .closing, .over:
      break
    }
  }

  /// Fails all calls and cancels all handlers.
  private func stop(_ end: ConnectionEnd) {
    let stopped = core.value.machine.end(with: end.callError)
    fail(stopped.failed)
    core.value.endExpress(with: end.callError)
    for call in stopped.running { handlers.cancel(call) }
    waiters.wakeAll()
  }

  private func finishStream(cutNow: Bool) {
    guard let stream = core.value.stream else { return }
    let room = ConnectionMachine.Room(messageBytes: 0, controlBytes: limits.unsentBytesMax)
    core.value.sendOutput(within: room, to: stream, at: loop.now)
    guard !cutNow else { return stream.cancel() }
    stream.finish()
    timers.cancelAll()
    timers.close = after(limits.closeTimeout) { $0.core.value.cancelStream() }
  }

  private func beOver(_ end: ConnectionEnd) {
    life = .over(end)
    core.value.end()
    timers.cancelAll()
    let waiters = closedWaiters
    closedWaiters = []
    for waiter in waiters { waiter.resume(returning: end) }
  }

  func streamEnded(_ error: TransportError?) {
    switch life {
    case .closing(let end): beOver(end)
    case .running:
      let end: ConnectionEnd
      if let error {
        end = ConnectionEnd(.transport, error.description, transportError: error)
      } else if core.value.areCallsDone || core.value.machine.farewells.contains(.heard) {
        // A call that crossed the peer's goodbye was not started; it fails with `unavailable`
        // below.
        end = ConnectionEnd(.drained, "the peer closed after a goodbye")
      } else {
        end = ConnectionEnd(.closedByPeer, "closed by the peer")
      }
      stop(end)
      beOver(end)
    case .new, .over: break
    }
  }

  // MARK: Bytes

  func perform(_ action: ConnectionAction) {
    switch action {
    case .nothing: break
    case .opened(let calls):
      fail(calls)
      waiters.wakeAll()  // Senders know now what the peer takes.
      checkSilence(after: limits.keepaliveInterval)
    case .failed(let calls): fail(calls)
    case .answered(let id, let response): core.value.resume(id, with: .success(response))
    case .inboxChanged(let id): waiters.wakeReader(of: id)
    case .flowEnded(let id): waiters.wakeAll(of: id)
    case .start(let id, let request): serve(id, request)
    case .stop(let id):
      handlers.cancel(id)
      waiters.wakeAll(of: id)
    case .creditCame(let id): waiters.wakeSenders(of: id)
    case .goaway(let goaway, let calls):
      fail(calls)
      switch goaway.code {
      case .draining: break
      case .protocolError:
        end(ConnectionEnd(.refusedByPeer, "the peer ended the connection: \(goaway.reason)"))
      case .failed:
        end(ConnectionEnd(.closedByPeer, "the peer ended the connection: \(goaway.reason)"))
      }
    }
  }

  func fail(_ calls: [FailedCall]) {
    for call in calls {
      core.value.resume(call.call, with: .failure(call.error))
      waiters.wakeAll(of: call.call)
    }
  }

  func wakeSenders(of calls: [CallID]) {
    for call in calls { waiters.wakeSenders(of: call) }
  }

  /// Sends what there is to send, at the end of this turn of the loop.
  func setNeedsFlush() {
    core.value.setNeedsFlush()
  }

  // MARK: Time

  /// Timers do not keep a connection alive: its core does, from start to end. (A weak reference
  /// would do, too, but an object that has one is several times as dear to retain.)
  private func after(
    _ duration: Duration, _ body: @escaping @Sendable (isolated Connection) -> Void
  ) -> LoopTimer {
    let core = core
    return loop.schedule(after: duration) { core.value.connection?.assumeIsolated(body) }
  }

  /// Has the loop wake this connection at the earliest deadline of its calls.
  func scheduleDeadline() {
    guard let next = core.value.unarmedDeadline else { return }
    core.value.armedDeadline = next
    timers.deadline = after(loop.now.duration(to: next)) { $0.expireCalls() }
  }

  private func expireCalls() {
    core.value.armedDeadline = .never
    let now = loop.now
    while let action = core.value.machine.expire(at: now) { perform(action) }
    core.value.expireExpress(at: now)
    if core.value.machine.hasOutput { setNeedsFlush() }
    scheduleDeadline()
  }

  private func checkIdleness(after pause: Duration) {
    timers.idle = after(pause) { $0.checkIdleness() }
  }

  func checkIdleness() {
    let counted = metrics
    let calls = counted.made.begun + counted.served.begun
    let open = core.value.openCount
    switch idleness?.check(calls: calls, open: open) {
    case .idle: goAway("nobody called for \(limits.idleTimeout ?? .zero)")
    case .rest(let pause): checkIdleness(after: pause)
    case nil: break
    }
  }

  /// The hello's arrival would have set this timer anew.
  private func helloIsDue() {
    end(ConnectionEnd(.silent, "the peer did not say hello in \(limits.helloTimeout)"))
  }

  func checkSilence(after pause: Duration) {
    timers.keepalive = after(pause) { $0.checkSilence() }
  }

  func checkSilence() {
    switch core.value.keepalive.check() {
    case .dead:
      end(ConnectionEnd(.silent, "the peer did not answer a ping in \(limits.keepaliveTimeout)"))
    case .rest(let pause):
      checkSilence(after: pause)
    case .ping(let number, let pause):
      core.value.machine.control.ping = number
      setNeedsFlush()
      checkSilence(after: pause)
    }
  }
}
