// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// What followers hear of a session, and how they wait for it.
extension InteractiveSession {
  /// Tells followers what changed since the last call: statements first, but for a session that
  /// became idle, which clients are to see before the result.
  func publish() {
    let state = shownState
    let changed = journal.takeNews()
    let becameIdle = state == .idle && state != shownToFollowers
    if becameIdle { tellState(state) }
    for change in changed { feed.add(.statement(change.id, change.state)) }
    if !becameIdle { tellState(state) }
    let isEnding = machine.isEnding
    waiters.wake { subject in
      switch subject {
      case .news: true
      case .end(let id): isEnding || changed.contains { $0.id == id && $0.isEnd }
      }
    }
  }

  /// Nobody waits any more, now or later: the server stops.
  func endWaits() {
    waitsAreOver = true
    waiters.wake { _ in true }
  }

  /// Who waits for the end of a statement that was taken back waits no longer.
  func wakeForTakenBack() {
    let journal = journal
    waiters.wake { subject in
      guard case .end(let id) = subject else { return false }
      return journal[id] == nil
    }
  }

  private func tellState(_ state: SessionState) {
    guard state != shownToFollowers else { return }
    shownToFollowers = state
    feed.add(.session(state))
  }

  /// An event of the driver's that is no change of state.
  func follow(_ what: DriverEvent.What) {
    switch what {
    case .progress(let id, let fraction) where journal[id]?.isFinished == false:
      feed.add(.progress(id, fraction: fraction))
    case .printed(let id, let offset, let text) where journal[id]?.isFinished == false:
      feed.add(.printed(id, offset: offset, text: text))
    case .held(let id): feed.add(.held(id))
    case .progress, .printed, .state, .started, .finished: break
    }
  }

  /// See `SessionFollower.standing`.
  var feedStanding: SessionFollower.Standing {
    SessionFollower.Standing(
      run: identity.epoch, first: feed.first, last: feed.last, state: shownState)
  }

  /// See `SessionFollower.events`.
  func events(after number: UInt64, within limit: Duration) async -> SessionFollower.Page {
    await wait(for: .news, within: limit) {
      feed.events(after: number).isEmpty && !machine.isEnded
    }
    return SessionFollower.Page(
      events: feed.events(after: number), isLast: machine.isEnded || waitsAreOver)
  }

  /// The statement when it is over, or as it is after `limit`; nil for one that is not kept.
  func statement(
    _ id: StatementID, endedWithin limit: Duration
  ) async throws(LivyError) -> Statement? {
    await end(of: id, within: limit)
    return try statement(id)
  }

  /// Returns when the statement is over or gone, or after `limit`.
  /// - Parameter isKept: false if it was taken back, and the number may be another one's.
  func end(
    of id: StatementID, within limit: Duration, while isKept: () -> Bool = { true }
  ) async {
    await wait(for: .end(of: id), within: limit) {
      isKept() && journal[id]?.isFinished == false && !machine.isEnding
    }
  }

  /// Returns when `goesOn` says no, when the time is over, when the server stops, or when the task is
  /// cancelled.
  private func wait(
    for subject: Waiters.Subject, within limit: Duration, while goesOn: () -> Bool
  ) async {
    let end = ticksPassed &+ Self.ticks(of: limit)
    while true {
      let seen = waiters.wakes
      guard !waitsAreOver, ticksPassed &- end < 0, !Task.isCancelled, goesOn() else { return }
      await park(for: subject, ticks: end &- ticksPassed, since: seen)
    }
  }

  /// Returns when the subject may have come, when the time is over, or when the task is cancelled.
  private func park(for subject: Waiters.Subject, ticks: Int, since seen: UInt64) async {
    let ticket = waiters.ticket(for: subject, ticks: ticks, since: seen)
    startTicking()
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiters.park(ticket, $0) }
    } onCancel: {
      Task { await self.wake(ticket) }
    }
  }

  private func wake(_ ticket: UInt64) {
    waiters.wake(ticket)
  }

  /// One timer for all waits; it ends when nobody waits.
  private func startTicking() {
    guard ticker == nil else { return }
    let clock = surroundings.clock.monotonic
    ticker = Task {
      while (try? await clock.sleep(for: Self.tick)) != nil, tick() {}
    }
  }

  /// False when nobody waits any more.
  private func tick() -> Bool {
    ticksPassed &+= 1
    waiters.tick()
    if waiters.isEmpty { ticker = nil }
    return !waiters.isEmpty
  }

  static var tick: Duration { .milliseconds(250) }

  /// Rounded up: a wait is never shorter than was asked for.
  private static func ticks(of limit: Duration) -> Int {
    let tick = Self.tick.milliseconds
    let (sum, overflow) = limit.milliseconds.addingReportingOverflow(tick - 1)
    return overflow ? Int(Int32.max) : Int(clamping: sum / tick) + 1
  }
}
