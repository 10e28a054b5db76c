// SPDX-License-Identifier: Apache-2.0

/// The state that a session shows, in Livy's words.
package enum SessionState: String, CaseIterable, Sendable {
  case notStarted = "not_started"
  case starting, recovering, idle, running, busy
  case shuttingDown = "shutting_down"
  case error, dead, killed, success

  /// Statements can be sent.
  package var isActive: Bool {
    switch self {
    case .idle, .busy, .running: true
    case .notStarted, .starting, .recovering, .shuttingDown, .error, .dead, .killed, .success: false
    }
  }

  /// The application is over and will never run again.
  package var isFinished: Bool {
    switch self {
    case .error, .dead, .killed, .success: true
    case .notStarted, .starting, .recovering, .idle, .running, .busy, .shuttingDown: false
    }
  }
}

/// What the driver says of its statement queue.
package enum InterpreterState: String, CaseIterable, Sendable {
  case notStarted, starting, idle, busy, error
}

/// The steps of a start, each with its own deadline.
package enum LaunchPhase: String, CaseIterable, Sendable {
  /// spark-submit runs; no driver yet.
  case submitting
  /// The driver was enrolled: it proved its token and has a certificate.
  case accepted
  /// The driver registered; the channel stands.
  case connected
  /// The ping job came back: SparkSession and first interpreter work.
  case ready
}
