// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// The start, step by step: each step is a task whose outcome is the machine's next event.
extension InteractiveSession {
  func perform(_ action: InteractiveSessionMachine.Action) {
    defer { publish() }
    switch action {
    case .launch:
      enter(.submitting)
      tasks.step = Task { await launch() }
    case .awaitEnrolment:
      tasks.step = Task { await awaitEnrolment() }
    case .awaitChannel:
      enter(.accepted)
      tasks.step = Task { await awaitChannel() }
    case .ping:
      enter(.connected)
      tasks.step = Task { await ping() }
    case .serve:
      tasks.timer = nil
      note(.ready)
      noteActivity(.use)
      identity.slot?.free()
      sendWritten()
      tasks.step = Task { await save() }
    case .awaitReturn(let absent):
      beginAbsence(absent)
    case .resume:
      resume()
    case .converse:
      beginConversation()
    case .awaitFarewell:
      tasks.timer = timer(surroundings.settings.farewellTime) { session, log in
        await session.farewellOver(log)
      }
    case .tearDown(let manner):
      beginEnd(manner)
    case .ignore:
      break
    }
  }

  // MARK: Phases and their deadlines

  func enter(_ phase: LaunchPhase) {
    note(phase)
    let limit = limit(of: phase)
    tasks.timer = timer(limit) { session, log in
      await session.deadlinePassed(phase, limit, log)
    }
  }

  func note(_ phase: LaunchPhase) {
    course.phases.removeAll { $0.phase == phase }
    course.phases.append(PhaseTime(phase: phase, atMilliseconds: now))
    surroundings.logger.info("session entered phase \(phase.rawValue)")
  }

  private func limit(of phase: LaunchPhase) -> Duration {
    switch phase {
    case .submitting: surroundings.settings.submittingTimeMax
    case .accepted: surroundings.settings.acceptedTimeMax
    case .connected: surroundings.settings.connectedTimeMax
    case .ready: .zero  // Lasts as long as the session.
    }
  }

  func timer(
    _ limit: Duration,
    _ body: @escaping @Sendable (InteractiveSession, [String]) async -> Void
  ) -> Task<Void, Never> {
    Task {
      do {
        try await surroundings.clock.monotonic.sleep(for: limit)
        await body(self, lastLines())
      } catch {
        // Cancelled: the phase was over in time.
      }
    }
  }

  private func deadlinePassed(_ phase: LaunchPhase, _ limit: Duration, _ log: [String]) {
    perform(machine.deadlinePassed(phase, limit: limit, log: log))
  }

  private func farewellOver(_ log: [String]) {
    perform(machine.farewellOver(log: log))
  }

  // MARK: Steps

  private func launch() async {
    do throws(LivyError) {
      let launchFile = try await surroundings.rendezvous.expect(expectation)
      guard !machine.isEnding else {
        // Ended meanwhile, perhaps before there was anything to forget. Nothing runs yet.
        await surroundings.rendezvous.forget(identity.uuid)
        return
      }
      let launched = try await surroundings.launcher.launch(
        LaunchOrder(
          tag: identity.uuid, attempt: identity.attempt,
          program: .session(identity.id, identity.request, launchFile: launchFile)))
      await adopt(launched)
    } catch {
      let log = await lastLines()
      perform(machine.launchFailed(error.description, log: log))
    }
  }

  private var expectation: DriverExpectation {
    DriverExpectation(
      uuid: identity.uuid, attempt: identity.attempt, epoch: identity.epoch,
      kind: identity.request.kind,
      tokenLifetime: surroundings.settings.submittingTimeMax,
      settings: surroundings.settings.driver)
  }

  /// Takes over a process. One that comes when the end has begun is killed here, since the end may
  /// have passed this point.
  private func adopt(_ launched: any LaunchedApplication) async {
    application = launched
    guard !machine.isEnding else {
      await launched.kill()
      await launched.removeSecrets()
      return
    }
    watchProcess(launched)
    perform(machine.launched())
  }

  func watchProcess(_ application: any LaunchedApplication) {
    tasks.monitor = Task {
      let exit = await application.waitForExit()
      let log = await lastLines()
      perform(machine.exited(exit, log: log))
    }
  }

  private func awaitEnrolment() async {
    let limit = limit(of: .submitting)
    do throws(LivyError) {
      course.driverKey = try await surroundings.rendezvous.enrolled(
        identity.uuid, within: limit)
      await application?.removeSecrets()
      await save()
      perform(machine.enrolled())
    } catch {
      await stepFailed(error, in: .submitting)
    }
  }

  private func awaitChannel() async {
    let limit = limit(of: .accepted)
    do throws(LivyError) {
      let connection = try await surroundings.rendezvous.connected(
        identity.uuid, within: limit)
      await use(connection)
      perform(machine.connected())
    } catch {
      await stepFailed(error, in: .accepted)
    }
  }

  private func ping() async {
    guard let channel else { return }
    converse(over: channel)
    do throws(LivyError) {
      course.facts = try await channel.driver.ping().checked
      perform(machine.pinged())
    } catch {
      // A ping that ended with an earlier channel says nothing of this one.
      guard isCurrent(channel) else { return }
      await stepFailed(error, in: .connected)
    }
  }

  /// The rendezvous counts the same time as our own timer: whichever is first, the reason is the
  /// same.
  private func stepFailed(_ error: LivyError, in phase: LaunchPhase) async {
    let log = await lastLines()
    if error.code == .timedOut {
      perform(machine.deadlinePassed(phase, limit: limit(of: phase), log: log))
    } else if error.code == .driverLost {
      perform(machine.driverLost(error.description, log: log))
    } else {
      perform(machine.driverFailed(error.description, log: log))
    }
  }

  /// The application's last words, for the reason of a failure.
  func lastLines() async -> [String] {
    guard let application else { return [] }
    let settings = surroundings.settings
    let log = await application.log(linesMax: settings.logLines)
    return SessionLog.lastLines(
      log, max: settings.reasonLogLines, lengthMax: settings.reasonLineLengthMax)
  }
}

extension ApplicationFacts {
  /// Characters of a name or an address that are believed.
  private static var lengthMax: Int { 1_024 }

  /// Without what no honest driver says: clients show these as text and as a link.
  fileprivate var checked: ApplicationFacts {
    var facts = self
    facts.sparkVersion = Self.isPlain(sparkVersion) ? sparkVersion : ""
    facts.applicationID = Self.isPlain(applicationID) ? applicationID : ""
    facts.uiURL = uiURL.flatMap { url in
      let isLink = url.hasPrefix("http://") || url.hasPrefix("https://")
      return isLink && Self.isPlain(url) ? url : nil
    }
    return facts
  }

  /// Printable ASCII without blanks, of a bounded length.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.count <= lengthMax && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
