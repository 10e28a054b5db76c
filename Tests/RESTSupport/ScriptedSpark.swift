// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// A spark-submit and a cluster without processes: drivers come as soon as `arrival` is open.
package struct ScriptedSpark: Launcher, DriverRendezvous {
  /// Opens when drivers may come.
  package var arrival = Latch(open: true)
  /// Opens when statements that hold may end.
  package var release = Latch()
  /// Why no driver will ever come.
  package var failure: LivyError?
  package var log = ApplicationLog(
    standardOutput: (1...12).map { "out \($0)" }, standardError: ["err 1", "err 2"])

  package init() {}

  package func launch(_ order: LaunchOrder) async throws(LivyError) -> any LaunchedApplication {
    guard case .batch(_, let request) = order.program else { return ScriptedApplication(log: log) }
    return ScriptedBatch(request)
  }

  package func expect(_ expectation: DriverExpectation) async throws(LivyError) -> [UInt8] { [1] }

  package func stamp(of request: SessionRequest) async -> LaunchStamp? { LaunchStamp("") }

  package func adopt(_ tag: SessionUUID) async -> (any LaunchedApplication)? { nil }

  package func readmit(_ readmission: DriverReadmission) async throws(LivyError) {}

  package func enrolled(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverKey {
    if let failure { throw failure }
    await arrival.wait()
    return DriverKey(digest: "key of \(uuid)")
  }

  package func connected(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverConnection {
    DriverConnection(driver: ScriptedDriver(release: release), address: nil)
  }

  package func forget(_ uuid: SessionUUID) async {}
}

/// A process that lives until it is killed.
private struct ScriptedApplication: LaunchedApplication {
  var log: ApplicationLog
  let killed = Latch()

  func waitForExit() async -> ApplicationExit {
    await killed.wait()
    return .signal(15)
  }

  func log(linesMax: Int) async -> ApplicationLog {
    ApplicationLog(
      standardOutput: log.standardOutput.suffix(linesMax),
      standardError: log.standardError.suffix(linesMax))
  }

  func kill() async { killed.open() }

  func removeSecrets() async {}
}
