// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What others may ask.
extension InteractiveSessionMachine {
  /// The phase that runs, or in which the end came; nil before the launch.
  package var phase: LaunchPhase? {
    switch state {
    case .created: nil
    case .launching, .submitted: .submitting
    case .accepted: .accepted
    case .connected: .connected
    case .ready: .ready
    case .away(let absence): absence.phase
    case .losing, .handedOver: .ready
    case .ending(let ending), .ended(let ending): ending.phase
    }
  }

  /// In a phase that has a deadline.
  package var isStarting: Bool {
    switch state {
    case .launching, .submitted, .accepted, .connected: true
    case .created, .ready, .away, .losing, .ending, .ended, .handedOver: false
    }
  }

  /// The end has begun: whatever a late step brings must be undone.
  package var isEnding: Bool {
    switch state {
    case .ending, .ended: true
    case .created, .launching, .submitted, .accepted, .connected, .ready, .away, .losing: false
    case .handedOver: false
    }
  }

  /// What it was is another session's: it has nothing to say any more.
  package var isHandedOver: Bool {
    guard case .handedOver = state else { return false }
    return true
  }

  /// Nothing of it is left.
  package var isEnded: Bool {
    guard case .ended = state else { return false }
    return true
  }

  /// What the session shows. Until the ping came back it is `starting`; then it is the interpreter
  /// that counts, as it was seen last.
  package var shownState: SessionState {
    switch state {
    case .created, .launching, .submitted, .accepted, .connected: .starting
    case .ready(let interpreter): Self.shown(interpreter)
    case .away(let absence): Self.shown(absence)
    case .losing(let loss): Self.shown(loss.interpreter)
    case .ending(let ending): ending.end.isWanted ? .shuttingDown : ending.end.state
    case .ended(let ending): ending.end.state
    case .handedOver: .notStarted
    }
  }

  /// Statements can be sent. One that comes while the driver is away waits for its return; one that
  /// comes while it is being lost ends with the others.
  package var takesStatements: Bool {
    switch state {
    case .ready, .losing: true
    case .away(let absence): absence.phase == .ready && absence.cause != .restart
    case .created, .launching, .submitted, .accepted, .connected, .ending, .ended: false
    case .handedOver: false
    }
  }

  /// There is a driver that statements can be put on their way to.
  package var talks: Bool {
    switch state {
    case .ready, .losing: true
    case .created, .launching, .submitted, .accepted, .connected, .away, .ending, .ended: false
    case .handedOver: false
    }
  }

  /// Why it ended; nil while it lives.
  package var end: SessionEnd? {
    switch state {
    case .ending(let ending), .ended(let ending): ending.end
    case .created, .launching, .submitted, .accepted, .connected, .ready, .away, .losing: nil
    case .handedOver: nil
    }
  }

  /// The last log lines before a failure.
  package var lastLines: [String] {
    switch state {
    case .ending(let ending), .ended(let ending): ending.log
    case .created, .launching, .submitted, .accepted, .connected, .ready, .away, .losing: []
    case .handedOver: []
    }
  }

  private static func shown(_ absence: Absence) -> SessionState {
    switch (absence.cause, absence.progress) {
    case (.restart, _): .recovering
    case (.cut, .accepted): .starting
    case (.cut, .ready): shown(absence.interpreter)
    }
  }

  private static func shown(_ interpreter: InterpreterState) -> SessionState {
    switch interpreter {
    case .notStarted, .starting: .starting
    case .idle: .idle
    case .busy: .busy
    case .error: .error
    }
  }
}
