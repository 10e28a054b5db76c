// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Logging

/// A driver that was started before its session, on its way from the one that started it to the one
/// that is used. Its UUID, and with it its certificate and its tag, stays what it was.
struct WarmDriver: Sendable {
  let uuid: SessionUUID
  /// The record in the store that has it.
  let record: SessionID
  let application: any LaunchedApplication
  let connection: DriverConnection
  var course: SessionCourse
  /// Everything up to here was heard.
  let lastEvent: UInt64
}

extension InteractiveSession {
  /// Gives the driver away; nil where there is none that is idle. From here on this session is
  /// silent: it neither talks with the driver nor ends it, and writes nothing.
  func handOver() async -> WarmDriver? {
    guard let application, let channel, course.driverKey != nil, machine.handOver() else {
      return nil
    }
    tasks.cancel()
    self.channel = nil
    self.application = nil
    let driver = WarmDriver(
      uuid: identity.uuid, record: identity.id, application: application,
      connection: DriverConnection(driver: channel.driver, address: course.driverAddress),
      course: course, lastEvent: journal.lastEvent)
    // Nothing may be saved after the record has gone.
    await saved()
    return driver
  }

  /// In place of `open`, for a session with a driver of the pool. Returns when the session is idle
  /// and in the store, in the place of the record that had the driver. Nothing is accepted before,
  /// since the store keeps no statements of a session that it does not know; and the store knows
  /// which events were heard, since the driver has forgotten them.
  func open(_ driver: WarmDriver) async throws(LivyError) {
    course.phases = []
    note(.ready)
    await use(driver.connection)
    if let error = await save(inPlaceOf: driver.record) { throw error }
    if let error = await writeJournal() { throw error }
    perform(machine.takeOver())
    watchProcess(driver.application)
  }

  /// What it does when the driver was there first.
  func beginConversation() {
    noteActivity(.use)
    identity.slot?.free()
    guard let channel else { return }
    converse(over: channel)
    sendWritten()
    // Until now the record says that it starts.
    tasks.step = Task { await save() }
  }
}
