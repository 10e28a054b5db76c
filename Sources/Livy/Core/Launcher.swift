// SPDX-License-Identifier: Apache-2.0

/// Starts Spark applications. One implementation for each kind of cluster; the server knows this
/// seam alone.
package protocol Launcher: Sendable {
  /// Writes what the driver needs, then starts spark-submit. Returns once the process runs.
  func launch(_ order: LaunchOrder) async throws(LivyError) -> any LaunchedApplication
}

/// One start of one session.
package struct LaunchOrder: Sendable {
  package var session: SessionID
  package var uuid: SessionUUID
  /// From 1; rises when a session is started again.
  package var attempt: UInt32
  package var request: SessionRequest
  /// Bytes of the driver's launch file. Secret.
  package var launchFile: [UInt8]

  package init(
    session: SessionID, uuid: SessionUUID, attempt: UInt32, request: SessionRequest,
    launchFile: [UInt8]
  ) {
    self.session = session
    self.uuid = uuid
    self.attempt = attempt
    self.request = request
    self.launchFile = launchFile
  }
}

/// A spark-submit and everything it started.
package protocol LaunchedApplication: Sendable {
  /// Waits for spark-submit's end. Any number of tasks may wait; later ones get the answer at once.
  func waitForExit() async -> ApplicationExit

  /// The newest lines of its two streams, at most `linesMax` of each.
  func log(linesMax: Int) async -> ApplicationLog

  /// Ends spark-submit, its JVM, the driver and what they started: asks first, then kills. Returns
  /// when none is left.
  func kill() async

  /// Deletes the files that held secrets. Called once the driver is enrolled, and after the end.
  /// Idempotent.
  func removeSecrets() async
}

/// How spark-submit ended.
package enum ApplicationExit: Equatable, Sendable, CustomStringConvertible {
  case status(Int32)
  case signal(Int32)

  package var description: String {
    switch self {
    case .status(let status): "exit status \(status)"
    case .signal(let signal): "signal \(signal)"
    }
  }
}

/// What spark-submit and its driver wrote, oldest line first.
package struct ApplicationLog: Equatable, Sendable {
  package var standardOutput: [String]
  package var standardError: [String]

  package init(standardOutput: [String] = [], standardError: [String] = []) {
    self.standardOutput = standardOutput
    self.standardError = standardError
  }
}
