// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// The conversation with a driver over one channel: statements out, events in, and thanks for them.
extension InteractiveSession {
  /// A driver came to the end of a channel: from here on it is the one that is talked with.
  func use(_ connection: DriverConnection) async {
    channel = DriverChannel(connection.driver, number: channelNumber + 1)
    channelNumber += 1
    guard course.driverAddress != connection.address else { return }
    course.driverAddress = connection.address
    await save()
  }

  func isCurrent(_ other: DriverChannel) -> Bool { channel?.number == other.number }

  /// Talks with the driver until it is lost or the session ends.
  func converse(over channel: DriverChannel) {
    tasks.conversation = Task(executorPreference: channel.driver.executor) {
      await withDiscardingTaskGroup { group in
        group.addTask { await self.watch(channel) }
        group.addTask { await self.sendStatements(channel) }
        group.addTask { await self.acknowledgeEvents(channel) }
      }
    }
  }

  private func watch(_ channel: DriverChannel) async {
    do throws(LivyError) {
      try await channel.driver.watch(after: journal.lastEvent, epoch: identity.epoch) {
        await self.apply($0, from: channel)
      }
      guard !Task.isCancelled else { return }
      await lost("the driver ended its stream of events", channel)
    } catch {
      if error.code == .driverLost {
        await lost(error.description, channel)
      } else {
        await unusable(error.description, channel)
      }
    }
  }

  private func apply(_ event: DriverEvent, from channel: DriverChannel) async {
    // The driver's events are another session's: thanks for one would make the driver forget it.
    guard !machine.isHandedOver else { return }
    switch journal.apply(event) {
    case .applied:
      if event.isWork { noteActivity(.work) }
      hear(event.what)
      publish()
      channel.acknowledge(through: event.number)
    case .repeated:
      break
    case .gap(let last):
      await unusable("the driver sent event \(event.number) after event \(last)", channel)
    }
  }

  private func hear(_ what: DriverEvent.What) {
    switch what {
    case .state(let state):
      if state != .busy { held = nil }
      machine.interpreter(state)
      noteFinishedState()
    case .started: held = nil
    case .held(let id):
      held = id
      follow(what)
    case .progress, .printed: follow(what)
    case .finished: break
    }
  }

  private func sendStatements(_ channel: DriverChannel) async {
    for await _ in channel.calls {
      while case let requests = nextRequests(for: channel), !requests.isEmpty {
        let errors = await channel.driver.execute(all: requests)
        guard !Task.isCancelled else { return }
        // Refusals first: they are not told again after a cut.
        for (request, error) in zip(requests, errors) {
          if let error, error.code != .driverLost { refused(request.statement, error) }
        }
        if let cut = errors.lazy.compactMap(\.self).first(where: { $0.code == .driverLost }) {
          return await lost(cut.description, channel)
        }
      }
    }
  }

  private func refused(_ statement: StatementID, _ error: LivyError) {
    let failure = StatementFailure(
      name: "StatementRefused", value: "The driver did not take the statement: \(error)")
    journal.fail(statement, failure, at: now)
    publish()
  }

  /// The driver forgets what it was thanked for, so that has to be in the store.
  private func acknowledgeEvents(_ channel: DriverChannel) async {
    for await _ in channel.arrivals {
      await gatherEvents()
      while await writeJournal() != nil {
        let pause = surroundings.settings.storeRetryInterval
        guard (try? await surroundings.clock.monotonic.sleep(for: pause)) != nil else { return }
      }
      do throws(LivyError) {
        try await channel.driver.acknowledge(through: journal.writtenEvent)
      } catch {
        // The driver keeps the events longer, that is all; a cut is told by the watch.
        surroundings.logger.debug("events were not acknowledged: \(error)")
      }
    }
  }

  /// What comes soon after an event goes into the same page, as does what is posted meanwhile.
  private func gatherEvents() async {
    let time = surroundings.settings.eventGatherTime
    guard time > .zero else { return }
    try? await surroundings.clock.monotonic.sleep(for: time)
  }

  private func lost(_ reason: String, _ channel: DriverChannel) async {
    let log = await lastLines()
    // The driver may be back already, on another channel.
    guard isCurrent(channel) else { return }
    perform(machine.driverLost(reason, log: log))
  }

  private func unusable(_ reason: String, _ channel: DriverChannel) async {
    let log = await lastLines()
    guard isCurrent(channel) else { return }
    perform(machine.driverUnusable(reason, log: log))
  }
}
