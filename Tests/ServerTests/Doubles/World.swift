// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Logging
internal import Testing

/// A directory over doubles of everything around it.
struct World {
  let script = Script()
  let clock = ManualClock()
  let launcher: ScriptedLauncher
  let rendezvous: ScriptedRendezvous
  let store: any StateStore
  let directory: SessionDirectory

  /// - Parameters:
  ///   - former: whose processes run still, on the same store.
  ///   - gathersEvents: false writes each event at once.
  init(
    store: any StateStore = MemoryStateStore(), settings: SessionSettings = SessionSettings(),
    after former: World? = nil, gathersEvents: Bool = false
  ) {
    launcher = former?.launcher ?? ScriptedLauncher(script)
    let store = former?.store ?? store
    rendezvous = ScriptedRendezvous(script, launcher: launcher)
    self.store = store
    var settings = settings
    if !gathersEvents { settings.eventGatherTime = .zero }
    directory = SessionDirectory(
      launcher: launcher, store: store, rendezvous: rendezvous, settings: settings,
      clock: clock.serverClock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// A new session, in its start.
  func create(_ kind: SessionKind = .one(.pyspark), name: String? = nil) async throws
    -> SessionSnapshot
  {
    var request = SessionRequest()
    request.kind = kind
    request.name = name
    return try await directory.create(request)
  }

  /// A new session that is idle, and its driver.
  func ready(_ kind: SessionKind = .one(.pyspark)) async throws -> (SessionID, ScriptedDriver) {
    let created = try await create(kind)
    try await eventually("the driver is connected") { rendezvous.driver(created.uuid) != nil }
    let driver = try #require(rendezvous.driver(created.uuid))
    driver.emit(.state(.starting), .state(.idle))
    try await reaches(.idle, created.id)
    return (created.id, driver)
  }

  func state(_ id: SessionID) async -> SessionState? {
    await directory.snapshot(.id(id))?.state
  }

  func statement(_ number: UInt64, _ id: SessionID) async throws -> Statement? {
    try await directory.statement(StatementID(number), of: .id(id))
  }

  func application(_ id: SessionID) async -> ScriptedApplication? {
    guard let uuid = await directory.snapshot(.id(id))?.uuid else { return nil }
    return launcher.application(uuid)
  }

  func reaches(_ state: SessionState, _ id: SessionID) async throws {
    try await eventually("session \(id) is \(state)") { await self.state(id) == state }
  }

  /// No process, no file with secrets, no token, no certificate.
  var nothingIsLeft: Bool {
    rendezvous.remembered.isEmpty
      && launcher.applications.allSatisfy { !$0.lives && !$0.hasSecrets }
  }
}

/// Waits until `condition` holds; a minute is for ever here.
func eventually(
  _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let start = ContinuousClock.now
  while start.duration(to: .now) < .seconds(60) {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(1))
  }
  Issue.record("never: \(what)", sourceLocation: sourceLocation)
  throw CancellationError()
}
