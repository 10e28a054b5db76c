// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

extension InteractiveSessionMachine {
  /// What the session is to do next.
  package enum Action: Equatable, Sendable {
    /// Prepare for the driver and start spark-submit.
    case launch
    /// Watch the process; wait until the driver is enrolled.
    case awaitEnrolment
    /// Delete the secrets on disk; wait for the channel.
    case awaitChannel
    /// Watch the driver's events; run the first job.
    case ping
    /// The start is over: take statements.
    case serve
    /// Wait until the driver stands at the end of a channel again.
    case awaitReturn(Absent)
    /// The driver is back: send what it may not have, hear what happened.
    case resume
    /// The driver was there before the session: talk with it, and take statements.
    case converse
    /// Wait a little for results that are on their way.
    case awaitFarewell
    /// End all statements, then leave nothing behind.
    case tearDown(Manner)
    case ignore
  }

  package enum Manner: Equatable, Sendable {
    /// The driver is asked first.
    case inOrder
    case atOnce
  }

  /// How far a driver had come when it was seen last.
  package enum Progress: Equatable, Sendable {
    /// Enrolled, perhaps connected; its ping was not answered.
    case accepted
    case ready
  }

  /// Why a driver is away; what is a sensible time to wait depends on it.
  package enum Absent: Equatable, Sendable {
    case cut
    case restart
  }

  enum State: Equatable {
    case created
    case launching
    case submitted
    case accepted
    case connected(InterpreterState)
    case ready(InterpreterState)
    case away(Absence)
    case losing(Loss)
    case ending(Ending)
    case ended(Ending)
    case handedOver
  }

  struct Absence: Equatable {
    enum Cause: Equatable {
      case cut(String)
      case restart
    }

    var progress: Progress
    var interpreter: InterpreterState
    var cause: Cause

    /// The phase that goes on with the driver's return.
    var phase: LaunchPhase {
      switch (progress, cause) {
      case (.ready, _): .ready
      case (.accepted, .cut): .connected
      case (.accepted, .restart): .accepted
      }
    }

    func end(after exit: ApplicationExit) -> SessionEnd {
      switch cause {
      case .cut(let reason): .driverLost(reason, exit)
      case .restart: .exited(exit, phase)
      }
    }

    func end(notBackWithin limit: Duration) -> SessionEnd {
      switch cause {
      case .cut(let reason):
        .driverLost("\(reason); it did not come back within \(limit)", nil)
      case .restart:
        .driverLost("it did not come back within \(limit) of the server's restart", nil)
      }
    }
  }

  struct Loss: Equatable {
    var interpreter: InterpreterState
    var exit: ApplicationExit

    var end: SessionEnd { .exited(exit, .ready) }
  }

  struct Ending: Equatable {
    var end: SessionEnd
    /// The phase in which it began; nil before the launch.
    var phase: LaunchPhase?
    var log: [String]
  }
}
