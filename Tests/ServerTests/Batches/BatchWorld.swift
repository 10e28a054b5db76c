// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import LivyStore
internal import Logging
internal import Testing

/// A directory of batches over doubles of everything around it.
struct BatchWorld {
  let script: Script
  let clock: ManualClock
  let launcher: ScriptedLauncher
  let store: any StateStore
  let directory: BatchDirectory

  init(
    store: any StateStore = MemoryStateStore(), settings: SessionSettings = SessionSettings(),
    slots: StartSlots? = nil
  ) {
    let script = Script()
    self.init(
      script: script, clock: ManualClock(), launcher: ScriptedLauncher(script), store: store,
      settings: settings, slots: slots)
  }

  private init(
    script: Script, clock: ManualClock, launcher: ScriptedLauncher, store: any StateStore,
    settings: SessionSettings, slots: StartSlots?
  ) {
    self.script = script
    self.clock = clock
    self.launcher = launcher
    self.store = store
    directory = BatchDirectory(
      launcher: launcher, store: store, settings: settings, slots: slots, clock: clock.serverClock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// The next server on the same machine: what runs goes on running.
  func restarted() -> BatchWorld {
    BatchWorld(
      script: script, clock: clock, launcher: launcher, store: store,
      settings: SessionSettings(), slots: nil)
  }

  func create(name: String? = nil) async throws -> BatchID {
    var request = BatchRequest(file: "/data/job.py")
    request.name = name
    return try await directory.create(request).record.id
  }

  /// A new batch that runs, and its process.
  func running(name: String? = nil) async throws -> (BatchID, ScriptedApplication) {
    let id = try await create(name: name)
    try await reaches(.running, id)
    return (id, try #require(await application(id)))
  }

  func record(_ id: BatchID) async -> BatchRecord? {
    await directory.snapshot(.id(id))?.record
  }

  func application(_ id: BatchID) async -> ScriptedApplication? {
    await record(id).flatMap { launcher.application($0.tag) }
  }

  func reaches(_ state: BatchState, _ id: BatchID) async throws {
    try await eventually("batch \(id) is \(state)") { await record(id)?.state == state }
  }

  /// What the store knows of a batch, once it has that state.
  func saved(_ state: BatchState, _ id: BatchID) async throws -> BatchRecord {
    var found: BatchRecord?
    try await eventually("batch \(id) is saved as \(state)") {
      found = try await store.batches().first { $0.id == id && $0.state == state }
      return found != nil
    }
    return try #require(found)
  }

  /// No process, no file with secrets.
  var nothingIsLeft: Bool {
    launcher.applications.allSatisfy { !$0.lives && !$0.hasSecrets }
  }
}
