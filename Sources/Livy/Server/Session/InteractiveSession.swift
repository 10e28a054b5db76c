// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// One live interactive session: does what `InteractiveSessionMachine` says, and keeps what came of
/// it.
///
/// Each step of the start is a task that this actor owns; its outcome goes to the machine as an
/// event. The end is one more task, which nobody can cancel: who asks for the end waits for it, but
/// leaving early does not stop it.
actor InteractiveSession {
  nonisolated let identity: SessionIdentity
  nonisolated let usage: SessionUsage
  let surroundings: SessionSurroundings

  var machine = InteractiveSessionMachine()
  var journal: StatementJournal
  var jobs = JobBook()
  var course = SessionCourse()
  var application: (any LaunchedApplication)?
  /// Nil while there is none.
  var channel: DriverChannel?
  /// Of the newest channel.
  var channelNumber = 0
  var tasks = SessionTasks()
  /// Time that the driver gets to end by itself.
  var orderlyEndTimeMax: Duration
  /// The end, once it has begun.
  var tearingDown: Task<Void, Never>?
  /// The statement that is told as finished while its code goes on.
  var held: StatementID?
  /// What happened, for followers, and those who wait for more.
  var feed = SessionFeed()
  var waiters = Waiters()
  var ticker: Task<Void, Never>?
  var ticksPassed = 0
  /// Who asks gets what there is, at once.
  var waitsAreOver = false
  var shownToFollowers = SessionState.starting
  /// Pages of the journal on their way to the store.
  var pages = JournalPages()
  /// Saves in their order: an older record never overwrites a newer one.
  private var lastSave: Task<LivyError?, Never>?

  init(identity: SessionIdentity, surroundings: SessionSurroundings) {
    self.identity = identity
    self.surroundings = surroundings
    usage = SessionUsage(beganAt: surroundings.clock.wallMilliseconds())
    orderlyEndTimeMax = surroundings.settings.orderlyEndTimeMax
    course.direction = surroundings.settings.driver.channel
    journal = StatementJournal(limits: surroundings.settings.journal)
  }

  /// A session with a driver of the pool, known from the first moment on, so that an end finds it.
  init(identity: SessionIdentity, _ driver: WarmDriver, surroundings: SessionSurroundings) {
    self.identity = identity
    self.surroundings = surroundings
    usage = SessionUsage(beganAt: surroundings.clock.wallMilliseconds())
    orderlyEndTimeMax = surroundings.settings.orderlyEndTimeMax
    course = driver.course
    application = driver.application
    journal = StatementJournal(
      heardUpTo: driver.lastEvent, limits: surroundings.settings.journal)
  }

  /// A session that an earlier run of the server left.
  init(_ record: SessionRecord, journal page: JournalPage, surroundings: SessionSurroundings) {
    self.surroundings = surroundings
    identity = SessionIdentity(
      id: record.id, uuid: record.uuid, attempt: record.attempt, epoch: record.epoch,
      request: record.request, createdMilliseconds: record.createdMilliseconds, slot: nil)
    usage = SessionUsage(beganAt: surroundings.clock.wallMilliseconds())
    orderlyEndTimeMax = surroundings.settings.orderlyEndTimeMax
    course = SessionCourse(record)
    journal = StatementJournal(page, limits: surroundings.settings.journal)
  }

  /// Saves the first record, then starts the application. Returns when the start has begun.
  func open() async throws(LivyError) {
    if let error = await save() { throw error }
    perform(machine.begin())
  }

  // MARK: What it shows

  func snapshot() async -> SessionSnapshot {
    let max = surroundings.settings.snapshotLogLines
    let log = await log(linesMax: max)
    var snapshot = SessionSnapshot(
      id: identity.id, uuid: identity.uuid, request: identity.request, state: shownState)
    snapshot.reason = reason
    snapshot.applicationID = course.applicationID
    snapshot.sparkUIURL = course.facts?.uiURL
    snapshot.phases = course.phases
    snapshot.expiries = expiries
    snapshot.held = held
    snapshot.log = log.suffix(Swift.max(0, max))
    snapshot.createdMilliseconds = identity.createdMilliseconds
    return snapshot
  }

  func log(linesMax: Int) async -> [String] {
    let log = await application?.log(linesMax: linesMax) ?? ApplicationLog()
    return SessionLog.layout(log, note: machine.end.flatMap { $0.isWanted ? nil : $0.words })
  }

  /// While statements wait the session is busy, also before the driver says so.
  var shownState: SessionState {
    let state = machine.shownState
    return state == .idle && journal.hasWaiting ? .busy : state
  }

  /// Milliseconds since 1970 at which it came to show a finished state; nil while it lives.
  var finishedMilliseconds: Int64? { course.finishedMilliseconds }

  var reason: String? {
    guard let end = machine.end else { return nil }
    let lines = machine.lastLines.map { "\n  " + $0 }.joined()
    return lines.isEmpty ? end.words : "\(end.words)\nLast log lines:\(lines)"
  }

  var now: Int64 { surroundings.clock.wallMilliseconds() }

  // MARK: The record

  /// Saves what is known now, after all earlier saves.
  ///
  /// - Parameter former: the record in whose place it is saved.
  @discardableResult
  func save(inPlaceOf former: SessionID? = nil) async -> LivyError? {
    guard !machine.isHandedOver else { return nil }
    let previous = lastSave
    let record = record
    let store = surroundings.store
    let task = Task { () async -> LivyError? in
      _ = await previous?.value
      do throws(LivyError) {
        if let former {
          try await store.save(record, inPlaceOf: former)
        } else {
          try await store.save(record)
        }
        return nil
      } catch {
        return error
      }
    }
    lastSave = task
    let error = await task.value
    if let error {
      surroundings.logger.error("the session's record was not saved: \(error)")
    }
    return error
  }

  /// Returns when all that was to be saved so far has been, or has failed.
  func saved() async {
    _ = await lastSave?.value
  }

  private var record: SessionRecord {
    let state =
      switch identity.purpose {
      case .use: machine.shownState
      case .pool: SessionState.notStarted
      }
    var record = SessionRecord(
      id: identity.id, uuid: identity.uuid, attempt: identity.attempt, request: identity.request,
      state: state, createdMilliseconds: identity.createdMilliseconds)
    record.epoch = identity.epoch
    record.driverKey = course.driverKey
    record.channel = course.direction
    record.driverAddress = course.driverAddress
    record.phases = course.phases
    record.reason = reason
    record.applicationID = course.applicationID
    record.sparkVersion = course.facts?.sparkVersion
    record.sparkUIURL = course.facts?.uiURL
    record.finishedMilliseconds = course.finishedMilliseconds
    return record
  }
}

/// What a session is from its first moment on.
struct SessionIdentity: Sendable {
  var id: SessionID
  var uuid: SessionUUID
  /// From 1; a session is started once.
  var attempt: UInt32 = 1
  /// The server's lease on the session.
  var epoch: UInt64 = 1
  var request: SessionRequest
  /// Milliseconds since 1970.
  var createdMilliseconds: Int64
  /// Held until the start is over; nil for one that was taken up, and in the pool.
  var slot: StartSlot?
  var purpose = Purpose.use

  enum Purpose: Sendable {
    /// It is somebody's.
    case use
    /// Nobody sees it. It waits to give its driver to a session that is used, and the store has it
    /// as `not_started`, a state that no other record has.
    case pool
  }
}

/// What a session uses of the world.
struct SessionSurroundings: Sendable {
  var launcher: any Launcher
  var store: any StateStore
  var rendezvous: any DriverRendezvous
  var settings: SessionSettings
  var clock: ServerClock
  var logger: Logger
}

/// What has come of a session so far.
struct SessionCourse: Sendable {
  var phases: [PhaseTime] = []
  var direction: ChannelDirection?
  /// By it the driver is known again.
  var driverKey: DriverKey?
  /// Connect-back: where the driver listens.
  var driverAddress: DriverAddress?
  var facts: ApplicationFacts?
  var finishedMilliseconds: Int64?

  init() {}

  init(_ record: SessionRecord) {
    phases = record.phases
    direction = record.channel
    driverKey = record.driverKey
    driverAddress = record.driverAddress
    guard wasReady else { return }
    facts = ApplicationFacts(
      sparkVersion: record.sparkVersion ?? "", applicationID: record.applicationID ?? "",
      uiURL: record.sparkUIURL)
  }

  var wasReady: Bool { phases.contains { $0.phase == .ready } }

  var applicationID: String? {
    facts.flatMap { $0.applicationID.isEmpty ? nil : $0.applicationID }
  }
}

/// The tasks of a session but for its end. Each has one owner, and the end cancels them all.
struct SessionTasks {
  /// The step of the start that runs.
  var step: Task<Void, Never>?
  /// The phase's deadline, or the farewell's.
  var timer: Task<Void, Never>? {
    didSet { oldValue?.cancel() }
  }
  /// Waits for spark-submit's end.
  var monitor: Task<Void, Never>?
  /// Talks with the driver.
  var conversation: Task<Void, Never>?
  /// Wait for jobs that run beside the driver's queue.
  var jobs: [JobNumber: Task<Void, Never>] = [:]

  func cancel() {
    step?.cancel()
    timer?.cancel()
    monitor?.cancel()
    conversation?.cancel()
    for job in jobs.values { job.cancel() }
  }
}
