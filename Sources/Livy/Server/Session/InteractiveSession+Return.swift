// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// Drivers that went away and come back: after a cut, or to a new run of the server.
extension InteractiveSession {
  /// In place of `open`, for a session that an earlier run of the server left: its process runs, and
  /// its driver may come.
  func takeUp(_ application: any LaunchedApplication) async {
    self.application = application
    watchProcess(application)
    perform(machine.recover(course.wasReady ? .ready : .accepted))
    // The earlier run may have been killed before it came to that.
    await application.removeSecrets()
  }

  func beginAbsence(_ absent: InteractiveSessionMachine.Absent) {
    channel = nil
    tasks.conversation?.cancel()
    let limit = limit(of: absent)
    surroundings.logger.info("the driver is away; it may come back within \(limit)")
    tasks.timer = timer(limit) { session, log in
      await session.returnOverdue(limit, log)
    }
    tasks.step = Task { await awaitReturn(within: limit) }
  }

  /// A driver that lost its server tries for `serverLost`; then it has ended itself.
  private func limit(of absent: InteractiveSessionMachine.Absent) -> Duration {
    let settings = surroundings.settings
    return switch absent {
    case .cut: settings.driverReturnTimeMax
    case .restart: settings.driver.serverLost + settings.driverReturnTimeMax
    }
  }

  private func returnOverdue(_ limit: Duration, _ log: [String]) {
    perform(machine.returnOverdue(limit: limit, log: log))
  }

  private func awaitReturn(within limit: Duration) async {
    while !Task.isCancelled {
      do throws(LivyError) {
        let connection = try await surroundings.rendezvous.connected(
          identity.uuid, within: limit)
        let standing = try await connection.driver.attach(epoch: identity.epoch)
        guard !Task.isCancelled else { return }
        jobs.resume(after: standing.lastJob)
        held = standing.held
        await use(connection)
        perform(machine.returned(standing.state))
        noteFinishedState()
        return
      } catch {
        switch error.code {
        case .driverLost: continue  // Cut again: it may come once more.
        case .cancelled: return
        case .timedOut: return await attachTimedOut(limit)
        default:
          let log = await lastLines()
          return perform(machine.driverUnusable(error.description, log: log))
        }
      }
    }
  }

  /// The rendezvous counts the same time as our own timer; a driver that does not answer is no
  /// better than none.
  private func attachTimedOut(_ limit: Duration) async {
    returnOverdue(limit, await lastLines())
  }

  /// The driver is back: it is sent what it may not have, and tells what happened.
  func resume() {
    tasks.timer = nil
    guard let channel else { return }
    surroundings.logger.info("the driver is back")
    converse(over: channel)
    sendWritten()
    tasks.step = Task { await save() }
  }
}
