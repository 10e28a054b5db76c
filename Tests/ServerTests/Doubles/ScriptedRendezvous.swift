// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Synchronization

/// Brings server and scripted drivers together.
final class ScriptedRendezvous: DriverRendezvous {
  private struct State {
    var expected: Set<SessionUUID> = []
    var preparations = 0
    var drivers: [SessionUUID: ScriptedDriver] = [:]
    var cuts: [SessionUUID: Gate<LivyError>] = [:]
  }

  private let state = Mutex(State())
  private let script: Script
  private let launcher: ScriptedLauncher
  let expectations = Mutex<[DriverExpectation]>([])
  let readmissions = Mutex<[DriverReadmission]>([])
  /// Drivers that come had so many events under an earlier run of the server.
  let formerEvents = Mutex<UInt64>(0)
  let address = Mutex<DriverAddress?>(nil)

  init(_ script: Script, launcher: ScriptedLauncher) {
    self.script = script
    self.launcher = launcher
  }

  /// Tokens and certificates that are good still.
  var remembered: Set<SessionUUID> { state.withLock { $0.expected } }

  /// Calls of `expect` that succeeded.
  var preparations: Int { state.withLock { $0.preparations } }

  func driver(_ uuid: SessionUUID) -> ScriptedDriver? { state.withLock { $0.drivers[uuid] } }

  func expect(_ expectation: DriverExpectation) async throws(LivyError) -> [UInt8] {
    expectations.withLock { $0.append(expectation) }
    try await script.pass(.expect)
    state.withLock { state in
      state.expected.insert(expectation.uuid)
      state.preparations += 1
      state.cuts[expectation.uuid] = Gate()
    }
    return [1, 2, 3]
  }

  func readmit(_ readmission: DriverReadmission) async throws(LivyError) {
    readmissions.withLock { $0.append(readmission) }
    state.withLock { state in
      state.expected.insert(readmission.uuid)
      state.cuts[readmission.uuid] = Gate()
    }
  }

  func enrolled(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverKey {
    try await script.pass(.enrol, cut: try cut(uuid))
    return DriverKey(digest: "key of \(uuid)")
  }

  func connected(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverConnection {
    try await script.pass(.connect, cut: try cut(uuid))
    let former = driver(uuid)?.lastEvent ?? formerEvents.withLock { $0 }
    let driver = ScriptedDriver(script, of: launcher.application(uuid), after: former)
    state.withLock { $0.drivers[uuid] = driver }
    return DriverConnection(driver: driver, address: address.withLock { $0 })
  }

  func forget(_ uuid: SessionUUID) async {
    let (cut, driver) = state.withLock { state in
      state.expected.remove(uuid)
      return (state.cuts.removeValue(forKey: uuid), state.drivers[uuid])
    }
    cut?.open(LivyError(.cancelled, "forgotten"))
    driver?.cut()
  }

  private func cut(_ uuid: SessionUUID) throws(LivyError) -> Gate<LivyError> {
    guard let cut = state.withLock({ $0.cuts[uuid] }) else {
      throw LivyError(.cancelled, "forgotten")
    }
    return cut
  }
}
