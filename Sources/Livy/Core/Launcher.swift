// SPDX-License-Identifier: Apache-2.0

/// Starts Spark applications. One implementation for each kind of cluster; the server knows this
/// seam alone.
package protocol Launcher: Sendable {
  /// Writes what the driver needs, then starts spark-submit. Returns once the process runs.
  func launch(_ order: LaunchOrder) async throws(LivyError) -> any LaunchedApplication

  /// Finds what an earlier run of the server started under this tag: nil if nothing of it runs any
  /// more. Its exit, when it comes, is `.unseen`.
  func adopt(_ tag: SessionUUID) async -> (any LaunchedApplication)?

  /// What a start for this request would read besides the request itself. Nil where nobody can say
  /// whether that is still the same later: files that lie elsewhere.
  func stamp(of request: SessionRequest) async -> LaunchStamp?
}

/// Equal for two starts that read the same files in the same state.
package struct LaunchStamp: Hashable, Sendable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }
}

/// One start of one application.
package struct LaunchOrder: Sendable {
  package enum Program: Sendable {
    /// A driver that serves a session; with the bytes of its launch file. Secret.
    case session(SessionID, SessionRequest, launchFile: [UInt8])
    /// The user's own program.
    case batch(BatchID, BatchRequest)

    /// What the request says to Spark and to the server.
    package var conf: [String: String] {
      switch self {
      case .session(_, let request, _): request.conf
      case .batch(_, let request): request.conf
      }
    }
  }

  /// The session's or batch's own; all its processes carry it.
  package var tag: SessionUUID
  /// From 1; rises when it is started again.
  package var attempt: UInt32
  package var program: Program

  package init(tag: SessionUUID, attempt: UInt32, program: Program) {
    self.tag = tag
    self.attempt = attempt
    self.program = program
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
  /// It ended while nobody was there to see how.
  case unseen

  package var description: String {
    switch self {
    case .status(let status): "exit status \(status)"
    case .signal(let signal): "signal \(signal)"
    case .unseen: "an exit that nobody saw"
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

/// Which of the server's Sparks a session or a batch runs on: named in its conf.
package enum SparkChoice {
  package static let confKey = "livy.spark.home"

  /// Nil means the server's own. Throws `.invalidRequest` for a name that the server does not know.
  package static func choose(
    in conf: [String: String], from known: Set<String>
  ) throws(LivyError) -> String? {
    guard let name = conf[confKey] else { return nil }
    guard !known.contains(name) else { return name }
    let names = known.sorted().joined(separator: ", ")
    throw LivyError(
      .invalidRequest,
      known.isEmpty
        ? "\(confKey) is \"\(name)\", but this server has one Spark only; leave it out"
        : "\(confKey) is \"\(name)\"; this server knows \(names)")
  }
}

/// What whoever starts a driver and the driver itself agree on, besides the launch file.
package enum DriverInvocation {
  /// Stands in the place of the launch file: there is no server, see `Rehearsal`.
  package static let rehearsal = "--rehearse"

  /// Environment variable: Spark's conf folder, where `SPARK_CONF_DIR` had to name another one for
  /// the JVM's sake. Programs of the session see it under its usual name.
  package static let confFolderVariable = "LIVY_SPARK_CONF_DIR"
}
