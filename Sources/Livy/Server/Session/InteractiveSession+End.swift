// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// The end: statements first, then the driver, the process, the secrets, the certificate.
extension InteractiveSession {
  /// Ends the session if nothing else did, and returns when nothing of it is left.
  func end(_ end: SessionEnd, orderlyWithin limit: Duration) async {
    orderlyEndTimeMax = min(orderlyEndTimeMax, limit)
    perform(machine.end(end))
    await tearingDown?.value
  }

  func beginEnd(_ manner: InteractiveSessionMachine.Manner) {
    tasks.timer = nil
    identity.slot?.free()
    failStatements()
    noteFinishedState()
    publish()
    surroundings.logger.info("session ends: \(machine.end?.words ?? "")")
    tearingDown = Task { await tearDown(manner) }
  }

  private func tearDown(_ manner: InteractiveSessionMachine.Manner) async {
    // What is known already is safe before the work that may take long.
    if machine.shownState.isFinished { await save() }
    _ = await writeJournal()
    switch manner {
    case .inOrder: await endInOrder()
    case .atOnce: break
    }
    tasks.cancel()
    await surroundings.rendezvous.forget(identity.uuid)
    await awaitStep()
    await application?.kill()
    await application?.removeSecrets()
    // Once more: a launch that was still under way may have prepared for its driver after the
    // first.
    await surroundings.rendezvous.forget(identity.uuid)
    surroundings.settings.uploads.removeAll(of: identity.uuid)
    machine.tornDown()
    noteFinishedState()
    publish()
    await save()
  }

  /// Asks the driver to end and waits for its process, as long as the limit allows.
  private func endInOrder() async {
    guard let driver = channel?.driver, let application else { return }
    let logger = surroundings.logger
    let ended: Void? = await TimeLimit.answer(
      within: orderlyEndTimeMax, on: surroundings.clock.monotonic
    ) {
      do throws(LivyError) {
        try await driver.endSession()
        _ = await application.waitForExit()
      } catch {
        logger.info("the driver did not end in good order, so it is killed: \(error)")
      }
    }
    if ended == nil {
      logger.info("the driver took too long to end, so it is killed")
    }
  }

  /// A launch may be on its way and bring a process yet. If it hangs, whatever it still brings is
  /// killed on arrival.
  private func awaitStep() async {
    guard let step = tasks.step else { return }
    let limit = surroundings.settings.hangingStepTimeMax
    let over: Void? = await TimeLimit.answer(
      within: limit, on: surroundings.clock.monotonic
    ) { await step.value }
    if over == nil {
      surroundings.logger.error("a step of the session's start hangs, and is left behind")
    }
  }

  private func failStatements() {
    guard let end = machine.end else { return }
    journal.failAll(at: now) { statement in
      switch statement.state {
      case .running, .cancelling:
        end.failure("The session ended while this statement ran; what it did is unknown.")
      case .waiting, .available, .cancelled:
        end.failure("The session ended before this statement was seen to start.")
      }
    }
  }

  /// Keeps the moment from which on the session is only listed, not used.
  func noteFinishedState() {
    guard machine.shownState.isFinished else {
      course.finishedMilliseconds = nil
      return
    }
    course.finishedMilliseconds = course.finishedMilliseconds ?? now
  }
}

extension SessionEnd {
  /// What a statement shows that did not live to its own end.
  fileprivate func failure(_ what: String) -> StatementFailure {
    switch self {
    case .driverLost, .exited:
      StatementFailure(name: "DriverLost", value: "\(what) It is not run again. \(words)")
    case .requested, .expired, .serverStopped, .serverRestarted, .launchFailed, .phaseTooLong,
      .driverFailed:
      StatementFailure(name: "SessionEnded", value: "\(what) It is not run again. \(words)")
    }
  }
}
