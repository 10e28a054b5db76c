// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// Statements: into the journal, out to the driver, and what comes back.
extension InteractiveSession {
  /// Journals a statement and puts it on its way. There is no pause between the two, so drivers see
  /// ids in order.
  func submit(_ code: String, kind: StatementKind?) throws(LivyError) -> Statement {
    guard machine.takesStatements, let channel else {
      throw LivyError(.notActive, "Session is in state \(machine.shownState.rawValue)")
    }
    let kind = try kindOfStatement(asked: kind)
    guard let statement = journal.accept(code, kind: kind) else {
      throw LivyError(
        .tooMany,
        """
        Session \(identity.id) has \(surroundings.settings.waitingStatementsMax) unfinished \
        statements, which is the limit; send more when some have finished.
        """)
    }
    noteActivity(.use)
    // Livy's interpreters see line feeds alone; the journal keeps the code as it was sent.
    let lines = code.utf8.contains(13) ? code.replacing("\r\n", with: "\n") : code
    channel.send(
      ExecuteRequest(
        statement: statement.id, kind: kind, code: lines, epoch: identity.epoch))
    return statement
  }

  func statements() throws(LivyError) -> [Statement] {
    guard machine.phase == .ready else {
      throw LivyError(.notActive, "requirement failed: Session isn't active.")
    }
    return journal.all
  }

  func statement(_ id: StatementID) throws(LivyError) -> Statement? {
    guard machine.phase == .ready else {
      throw LivyError(.notActive, "requirement failed: Session isn't active.")
    }
    return journal[id]
  }

  private func kindOfStatement(asked: StatementKind?) throws(LivyError) -> StatementKind {
    if let asked { return asked }
    switch identity.request.kind {
    case .one(let kind): return kind
    case .shared:
      throw LivyError(
        .invalidRequest, "Code type should be specified if session kind is shared")
    }
  }

  // MARK: The conversation

  /// Talks with the driver until it is lost or the task is cancelled.
  func converse(over channel: DriverChannel) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.watch(channel) }
      group.addTask { await self.sendStatements(channel) }
      group.addTask { await self.acknowledgeEvents(channel) }
    }
  }

  private func watch(_ channel: DriverChannel) async {
    do throws(LivyError) {
      try await channel.driver.watch(after: journal.lastEvent, epoch: identity.epoch) {
        await self.apply($0, from: channel)
      }
      guard !Task.isCancelled else { return }
      await lost("the driver ended its stream of events")
    } catch {
      await lost(error.description)
    }
  }

  private func apply(_ event: DriverEvent, from channel: DriverChannel) async {
    switch journal.apply(event) {
    case .applied:
      if event.isWork { noteActivity(.work) }
      if case .state(let state) = event.what { interpreterBecame(state) }
      channel.acknowledge(through: event.number)
    case .repeated:
      break
    case .gap(let last):
      await lost("the driver sent event \(event.number) after event \(last)")
    }
  }

  private func interpreterBecame(_ state: InterpreterState) {
    machine.interpreter(state)
    noteFinishedState()
  }

  private func sendStatements(_ channel: DriverChannel) async {
    for await request in channel.statements {
      do throws(LivyError) {
        try await channel.driver.execute(request)
      } catch {
        if error.code == .driverLost {
          await lost(error.description)
          return
        }
        guard !Task.isCancelled else { return }
        let failure = StatementFailure(
          name: "StatementRefused", value: "The driver did not take the statement: \(error)")
        journal.fail(request.statement, failure, at: now)
      }
    }
  }

  private func acknowledgeEvents(_ channel: DriverChannel) async {
    for await number in channel.arrivals {
      do throws(LivyError) {
        try await channel.driver.acknowledge(through: number)
      } catch {
        // The driver keeps the events longer, that is all; a cut is told by the watch.
        surroundings.logger.debug("events were not acknowledged: \(error)")
      }
    }
  }

  private func lost(_ reason: String) async {
    let log = await lastLines()
    perform(machine.driverLost(reason, log: log))
  }
}
