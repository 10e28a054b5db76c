// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The life of an interactive session, without clock, process or network: an event goes in, the
/// next step comes out.
///
///     created ────── end ────────────────────────────────────────▶ ending
///        │ begin
///     launching ──── end, launch failed, deadline ───────────────▶ ending
///        │ launched
///     submitted ──── end, driver failed, deadline, exited ───────▶ ending
///        │ enrolled
///     accepted ───── end, driver failed, deadline, exited ───────▶ ending
///        │ connected
///     connected ──── end, driver failed, deadline, exited ───────▶ ending
///        │      └─── driver lost ──▶ losing
///        │ pinged
///     ready ──────── end ────────────────────────────────────────▶ ending
///               └─── driver lost, exited ──▶ losing
///
///     losing ─────── end, farewell over, the other is gone too ──▶ ending
///     ending ─────── torn down ──▶ ended
///
/// In `losing` either the channel or the process is gone. The other one may still say something: a
/// process its exit status, a channel the results that are on their way. `ending` tears down; what
/// comes late is ignored. Nothing leads out of `ending` but to `ended`, so the first cause of an
/// end is the one that is told.
package struct InteractiveSessionMachine: Equatable, Sendable {
  private var state: State

  package init() {
    state = .created
  }

  // MARK: The start

  package mutating func begin() -> Action {
    // It was ended before it began.
    guard case .created = state else { return .ignore }
    state = .launching
    return .launch
  }

  package mutating func launched() -> Action {
    // Ended meanwhile: the end waits for the launch.
    guard case .launching = state else { return .ignore }
    state = .submitted
    return .awaitEnrolment
  }

  package mutating func enrolled() -> Action {
    // Ended meanwhile.
    guard case .submitted = state else { return .ignore }
    state = .accepted
    return .awaitChannel
  }

  package mutating func connected() -> Action {
    // Ended meanwhile: forgetting the driver cuts it.
    guard case .accepted = state else { return .ignore }
    state = .connected(.notStarted)
    return .ping
  }

  package mutating func pinged() -> Action {
    // Lost or ended meanwhile.
    guard case .connected(let interpreter) = state else { return .ignore }
    state = .ready(interpreter)
    return .serve
  }

  // MARK: Failures; `log` holds the last lines, for the reason

  package mutating func launchFailed(_ reason: String, log: [String]) -> Action {
    switch state {
    case .launching: fail(.launchFailed(reason), in: .submitting, log)
    case .created, .submitted, .accepted, .connected, .ready, .losing: .ignore
    case .ending, .ended: .ignore  // An end cancels the launch.
    }
  }

  package mutating func driverFailed(_ reason: String, log: [String]) -> Action {
    switch state {
    case .submitted: fail(.driverFailed(reason), in: .submitting, log)
    case .accepted: fail(.driverFailed(reason), in: .accepted, log)
    case .connected: fail(.driverFailed(reason), in: .connected, log)
    case .created, .launching, .ready: .ignore
    case .losing: .ignore  // The ping failed because the channel is gone.
    case .ending, .ended: .ignore
    }
  }

  /// A deadline that fires late, when its phase is over, changes nothing.
  package mutating func deadlinePassed(
    _ phase: LaunchPhase, limit: Duration, log: [String]
  ) -> Action {
    guard isStarting, phase == self.phase else { return .ignore }
    return fail(.phaseTooLong(phase, limit), in: phase, log)
  }

  package mutating func exited(_ exit: ApplicationExit, log: [String]) -> Action {
    switch state {
    case .submitted: return fail(.exited(exit, .submitting), in: .submitting, log)
    case .accepted: return fail(.exited(exit, .accepted), in: .accepted, log)
    case .connected: return fail(.exited(exit, .connected), in: .connected, log)
    case .ready(let interpreter):
      state = .losing(Loss(phase: .ready, interpreter: interpreter, first: .exit(exit)))
      return .awaitFarewell
    case .losing(let loss):
      guard case .channel(let reason) = loss.first else { return .ignore }
      return fail(.driverLost(reason, exit), in: loss.phase, log)
    case .created, .launching, .ending, .ended: return .ignore
    }
  }

  package mutating func driverLost(_ reason: String, log: [String]) -> Action {
    switch state {
    case .connected(let interpreter):
      state = .losing(Loss(phase: .connected, interpreter: interpreter, first: .channel(reason)))
      return .awaitFarewell
    case .ready(let interpreter):
      state = .losing(Loss(phase: .ready, interpreter: interpreter, first: .channel(reason)))
      return .awaitFarewell
    case .losing(let loss):
      // Watch and execute both notice the same cut.
      guard case .exit = loss.first else { return .ignore }
      return fail(loss.end, in: loss.phase, log)
    case .submitted: return fail(.driverFailed(reason), in: .submitting, log)
    case .accepted: return fail(.driverFailed(reason), in: .accepted, log)
    case .created, .launching, .ending, .ended: return .ignore
    }
  }

  package mutating func farewellOver(log: [String]) -> Action {
    // The other one was quicker.
    guard case .losing(let loss) = state else { return .ignore }
    return fail(loss.end, in: loss.phase, log)
  }

  // MARK: Life and end

  package mutating func interpreter(_ new: InterpreterState) {
    switch state {
    case .connected: state = .connected(new)
    case .ready: state = .ready(new)
    case .losing(var loss):
      loss.interpreter = new
      state = .losing(loss)
    case .created, .launching, .submitted, .accepted, .ending, .ended: break
    }
  }

  /// A wanted end. An end that has begun goes on as it is.
  package mutating func end(_ end: SessionEnd) -> Action {
    switch state {
    case .connected, .ready:
      state = .ending(Ending(end: end, phase: phase, log: []))
      return .tearDown(.inOrder)
    case .losing(let loss):
      return fail(loss.end, in: loss.phase, [])
    case .created, .launching, .submitted, .accepted:
      state = .ending(Ending(end: end, phase: phase, log: []))
      return .tearDown(.atOnce)
    case .ending, .ended:
      return .ignore
    }
  }

  package mutating func tornDown() {
    guard case .ending(let ending) = state else { return }
    state = .ended(ending)
  }

  private mutating func fail(
    _ end: SessionEnd, in phase: LaunchPhase, _ log: [String]
  ) -> Action {
    state = .ending(Ending(end: end, phase: phase, log: log))
    return .tearDown(.atOnce)
  }
}

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
    /// Wait a little for what the other one has to say.
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

  private enum State: Equatable {
    case created
    case launching
    case submitted
    case accepted
    case connected(InterpreterState)
    case ready(InterpreterState)
    case losing(Loss)
    case ending(Ending)
    case ended(Ending)
  }

  private struct Loss: Equatable {
    enum First: Equatable {
      case channel(String)
      case exit(ApplicationExit)
    }

    var phase: LaunchPhase
    var interpreter: InterpreterState
    var first: First

    var end: SessionEnd {
      switch first {
      case .channel(let reason): .driverLost(reason, nil)
      case .exit(let exit): .exited(exit, phase)
      }
    }
  }

  private struct Ending: Equatable {
    var end: SessionEnd
    /// The phase in which it began; nil before the launch.
    var phase: LaunchPhase?
    var log: [String]
  }
}

// MARK: What others may ask

extension InteractiveSessionMachine {
  /// The phase that runs, or in which the end came; nil before the launch.
  package var phase: LaunchPhase? {
    switch state {
    case .created: nil
    case .launching, .submitted: .submitting
    case .accepted: .accepted
    case .connected: .connected
    case .ready: .ready
    case .losing(let loss): loss.phase
    case .ending(let ending), .ended(let ending): ending.phase
    }
  }

  /// In a phase that has a deadline.
  package var isStarting: Bool {
    switch state {
    case .launching, .submitted, .accepted, .connected: true
    case .created, .ready, .losing, .ending, .ended: false
    }
  }

  /// The end has begun: whatever a late step brings must be undone.
  package var isEnding: Bool {
    switch state {
    case .ending, .ended: true
    case .created, .launching, .submitted, .accepted, .connected, .ready, .losing: false
    }
  }

  /// What the session shows. Until the ping came back it is `starting`; then it is the interpreter
  /// that counts.
  package var shownState: SessionState {
    switch state {
    case .created, .launching, .submitted, .accepted, .connected: .starting
    case .ready(let interpreter): Self.shown(interpreter)
    case .losing(let loss): loss.phase == .ready ? Self.shown(loss.interpreter) : .starting
    case .ending(let ending): ending.end.isWanted ? .shuttingDown : ending.end.state
    case .ended(let ending): ending.end.state
    }
  }

  /// Statements can be sent. One that comes while the driver is being lost ends with the others.
  package var takesStatements: Bool {
    switch state {
    case .ready: true
    case .losing(let loss): loss.phase == .ready
    case .created, .launching, .submitted, .accepted, .connected, .ending, .ended: false
    }
  }

  /// Why it ended; nil while it lives.
  package var end: SessionEnd? {
    switch state {
    case .ending(let ending), .ended(let ending): ending.end
    case .created, .launching, .submitted, .accepted, .connected, .ready, .losing: nil
    }
  }

  /// The last log lines before a failure.
  package var lastLines: [String] {
    switch state {
    case .ending(let ending), .ended(let ending): ending.log
    case .created, .launching, .submitted, .accepted, .connected, .ready, .losing: []
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
