// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// One batch that this server watches: does what `BatchMachine` says, and keeps what came of it.
///
/// The end is a task that nobody can cancel: who asks for the end waits for it, but leaving early
/// does not stop it.
actor Batch {
  nonisolated let identity: BatchIdentity
  private let surroundings: BatchSurroundings

  private var machine = BatchMachine()
  private var application: (any LaunchedApplication)?
  private var finishedMilliseconds: Int64?
  /// The launch; the watch follows it.
  private var launching: Task<Void, Never>?
  private var watching: Task<Void, Never>?
  /// The end, once it has begun.
  private var tearingDown: Task<Void, Never>?
  /// Saves in their order: an older record never overwrites a newer one.
  private var lastSave: Task<LivyError?, Never>?

  init(identity: BatchIdentity, surroundings: BatchSurroundings) {
    self.identity = identity
    self.surroundings = surroundings
  }

  /// Saves the first record, then starts the application. Returns when the start has begun.
  func open() async throws(LivyError) {
    if let error = await save() { throw error }
    perform(machine.begin())
  }

  /// Watches what an earlier server started.
  func takeUp(_ application: any LaunchedApplication) async {
    self.application = application
    perform(machine.adopted())
    await save()
  }

  /// Ends the batch if nothing else did, and returns when nothing of it is left.
  func end(_ end: BatchEnd) async {
    perform(machine.end(end))
    await tearingDown?.value
  }

  /// Stops looking, and leaves what runs to the next server.
  func letGo() {
    watching?.cancel()
  }

  // MARK: What it shows

  func snapshot(linesMax: Int) async -> BatchSnapshot {
    let log = await log(linesMax: linesMax)
    return BatchSnapshot(record: record, log: log.suffix(max(0, linesMax)))
  }

  func log(linesMax: Int) async -> [String] {
    let log = await application?.log(linesMax: linesMax) ?? ApplicationLog()
    return SessionLog.layout(log, note: machine.end?.words)
  }

  var record: BatchRecord {
    var record = BatchRecord(
      id: identity.id, tag: identity.tag, request: identity.request, state: machine.shownState,
      createdMilliseconds: identity.createdMilliseconds)
    record.reason = reason
    record.finishedMilliseconds = finishedMilliseconds
    return record
  }

  private var reason: String? {
    guard let words = machine.end?.words else { return nil }
    let lines = machine.lastLines.map { "\n  " + $0 }.joined()
    return lines.isEmpty ? words : "\(words)\nLast log lines:\(lines)"
  }

  // MARK: Steps

  private func perform(_ action: BatchMachine.Action) {
    switch action {
    case .launch:
      launching = Task { await launch() }
    case .watch:
      identity.slot?.free()
      watching = Task { await watch() }
    case .tearDown:
      identity.slot?.free()
      noteFinish()
      surroundings.logger.info("batch ends: \(machine.end?.words ?? "exit status 0")")
      tearingDown = Task { await tearDown() }
    case .ignore:
      break
    }
  }

  private func launch() async {
    do throws(LivyError) {
      let launched = try await surroundings.launcher.launch(
        LaunchOrder(
          tag: identity.tag, attempt: 1, program: .batch(identity.id, identity.request)))
      application = launched
      guard !machine.isEnding else {
        // The end may have passed this point, so it is killed here.
        await launched.kill()
        await launched.removeSecrets()
        return
      }
      perform(machine.launched())
      await save()
    } catch {
      perform(machine.launchFailed(error.description, log: []))
    }
  }

  private func watch() async {
    guard let application else { return }
    let exit = await application.waitForExit()
    // Let go of: that nobody waits any more is not its end.
    guard !Task.isCancelled else { return }
    // A success needs no words.
    let log = exit == .status(0) ? [] : await lastLines(of: application)
    perform(machine.exited(exit, log: log))
  }

  private func tearDown() async {
    // What is known already is safe before the work that may take long.
    if machine.shownState.isFinished { await save() }
    await awaitLaunch()
    // Also after its own end: what it started may run on.
    await application?.kill()
    await application?.removeSecrets()
    machine.tornDown()
    noteFinish()
    await save()
  }

  /// A launch may be on its way and bring a process yet. If it hangs, whatever it still brings is
  /// killed on arrival.
  private func awaitLaunch() async {
    guard let launching else { return }
    let over: Void? = await TimeLimit.answer(
      within: surroundings.settings.hangingStepTimeMax, on: surroundings.clock.monotonic
    ) { await launching.value }
    if over == nil {
      surroundings.logger.error("the launch of the batch hangs, and is left behind")
    }
  }

  /// The application's last words, for the reason of a failure.
  private func lastLines(of application: any LaunchedApplication) async -> [String] {
    let settings = surroundings.settings
    var log = await application.log(linesMax: settings.logLines)
    let telling = log.standardOutput.filter { !SparkLogLine.isRoutine($0) }
    if !telling.isEmpty { log.standardOutput = telling }
    return SessionLog.lastLines(
      log, max: settings.reasonLogLines, lengthMax: settings.reasonLineLengthMax)
  }

  private func noteFinish() {
    guard machine.shownState.isFinished, finishedMilliseconds == nil else { return }
    finishedMilliseconds = surroundings.clock.wallMilliseconds()
  }

  // MARK: The record

  /// Saves what is known now, after all earlier saves.
  @discardableResult
  private func save() async -> LivyError? {
    let previous = lastSave
    let record = record
    let store = surroundings.store
    let task = Task { () async -> LivyError? in
      _ = await previous?.value
      do throws(LivyError) {
        try await store.save(record)
        return nil
      } catch {
        return error
      }
    }
    lastSave = task
    let error = await task.value
    if let error {
      surroundings.logger.error("the batch's record was not saved: \(error)")
    }
    return error
  }
}

/// What a batch is from its first moment on.
struct BatchIdentity: Sendable {
  var id: BatchID
  var tag: SessionUUID
  var request: BatchRequest
  /// Milliseconds since 1970.
  var createdMilliseconds: Int64
  /// Held until the start is over; nil if an earlier server started it.
  var slot: StartSlot?
}

/// What a batch uses of the world.
struct BatchSurroundings: Sendable {
  var launcher: any Launcher
  var store: any StateStore
  var settings: SessionSettings
  var clock: ServerClock
  var logger: Logger
}
