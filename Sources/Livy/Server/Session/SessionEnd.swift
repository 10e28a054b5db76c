// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Why a session is over: what it shows then, and what people are told.
package enum SessionEnd: Equatable, Sendable {
  /// A user deleted it.
  case requested
  /// Nobody ended it, and its time was over: why, and the limit.
  case expired(SessionExpiry.Cause, Duration)
  case serverStopped
  /// The server that ran it is gone, and a new one found its record but cannot take it up.
  case serverRestarted(Unrecovered)
  /// spark-submit could not be started.
  case launchFailed(String)
  /// A phase of the start took longer than its deadline.
  case phaseTooLong(LaunchPhase, Duration)
  /// The driver could not be enrolled, connected or used.
  case driverFailed(String)
  /// spark-submit ended; the phase in which it did.
  case exited(ApplicationExit, LaunchPhase)
  /// The channel was cut, and with it perhaps the application ended.
  case driverLost(String, ApplicationExit?)

  /// Why a session of an earlier run of the server is not taken up again.
  package enum Unrecovered: Equatable, Sendable {
    /// `livy.server.recovery.mode = off`
    case recoveryOff
    /// No driver was enrolled: nobody could be known again.
    case stillStarting
    case applicationGone
  }

  /// What the session shows for good.
  package var state: SessionState {
    switch self {
    case .requested, .expired: .killed
    case .launchFailed, .phaseTooLong, .driverFailed: .error
    case .serverStopped, .serverRestarted, .exited, .driverLost: .dead
    }
  }

  /// Somebody wanted the end, so it is no failure.
  package var isWanted: Bool {
    switch self {
    case .requested, .expired, .serverStopped: true
    case .serverRestarted, .launchFailed, .phaseTooLong, .driverFailed, .exited, .driverLost: false
    }
  }

  /// One line for people.
  package var words: String {
    switch self {
    case .requested:
      "The session was ended on request."
    case .expired(.idle, let limit):
      "The session was ended because nobody used it for \(limit)."
    case .expired(.age, let limit):
      "The session was ended because it was \(limit) old, which is its time to live."
    case .expired(.heartbeat, let limit):
      "The session was ended because its client did not ask for it for \(limit)."
    case .serverStopped:
      "The server was stopped, and the session was ended with it."
    case .serverRestarted(.recoveryOff):
      "The server was restarted, and takes up no sessions that ran before: recovery is off."
    case .serverRestarted(.stillStarting):
      "The server was restarted while this session was starting."
    case .serverRestarted(.applicationGone):
      "The server was restarted, and the application had ended while no server watched."
    case .launchFailed(let reason):
      "The application could not be started: \(reason)"
    case .phaseTooLong(let phase, let limit):
      "\(Self.missing(in: phase)) within \(limit)."
    case .driverFailed(let reason):
      "The driver could not be brought up: \(reason)"
    case .exited(let exit, .ready):
      "The application ended by itself with \(exit)."
    case .exited(let exit, let phase):
      "spark-submit ended with \(exit) before the driver was ready, in phase \(phase.rawValue)."
    case .driverLost(let reason, let exit?):
      "The driver was lost: \(reason); the application ended with \(exit)."
    case .driverLost(let reason, nil):
      "The driver was lost: \(reason)"
    }
  }

  private static func missing(in phase: LaunchPhase) -> String {
    switch phase {
    case .submitting: "spark-submit runs, but no driver called the server"
    case .accepted: "The driver was enrolled, but its channel did not stand"
    case .connected: "The driver was connected, but no job of it came back"
    case .ready: "The session was ready, but nothing came"
    }
  }
}
