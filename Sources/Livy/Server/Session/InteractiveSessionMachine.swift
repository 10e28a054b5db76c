// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The life of an interactive session, without clock, process or network: an event goes in, the
/// next step comes out.
///
///     created ────── end ────────────────────────────────────────▶ ending
///        │ begin                          (from a record: recover ──▶ away)
///        │                                (with a driver of the pool: take over ──▶ ready)
///     launching ──── end, launch failed, deadline ───────────────▶ ending
///        │ launched
///     submitted ──── end, driver failed, deadline, exited ───────▶ ending
///        │ enrolled
///     accepted ───── end, driver failed, deadline, exited ───────▶ ending
///        │ connected
///     connected ──── end, driver failed, deadline, exited ───────▶ ending
///        │      └─── driver lost ──▶ away
///        │ pinged
///     ready ──────── end, driver unusable ───────────────────────▶ ending
///               ├─── driver lost ──▶ away
///               ├─── exited ──▶ losing
///               └─── hand over, in the pool ──▶ handed over
///
///     away ───────── returned ──▶ connected or ready
///               └─── end, driver unusable, exited, return overdue ▶ ending
///     losing ─────── end, farewell over, driver lost ────────────▶ ending
///     ending ─────── torn down ──▶ ended
///
/// In `away` the channel is gone while the process lives, as far as anybody knows: a connection was
/// cut, or this server began with a record. The driver will dial again, or be dialled; what it did
/// meanwhile it tells then. In `losing` the process is gone, and results may still be on their way.
/// `ending` tears down; what comes late is ignored. Nothing leads out of `ending` but to `ended`,
/// so the first cause of an end is the one that is told. Nothing leads out of `handed over` at all:
/// what runs is another session's.
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

  /// In place of `begin`: an earlier run of the server left a record and a process.
  package mutating func recover(_ progress: Progress) -> Action {
    guard case .created = state else { return .ignore }
    state = .away(Absence(progress: progress, interpreter: .notStarted, cause: .restart))
    return .awaitReturn(.restart)
  }

  /// In place of `begin`: a driver of the pool is there, idle and connected.
  package mutating func takeOver() -> Action {
    // It was ended before it began.
    guard case .created = state else { return .ignore }
    state = .ready(.idle)
    return .converse
  }

  /// A session of the pool gives its driver away. False where there is none to give: it is not
  /// ready, does something, or was lost.
  package mutating func handOver() -> Bool {
    guard case .ready(.idle) = state else { return false }
    state = .handedOver
    return true
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
    case .created, .submitted, .accepted, .connected, .ready, .away, .losing: .ignore
    case .ending, .ended, .handedOver: .ignore  // An end cancels the launch.
    }
  }

  package mutating func driverFailed(_ reason: String, log: [String]) -> Action {
    switch state {
    case .submitted: fail(.driverFailed(reason), in: .submitting, log)
    case .accepted: fail(.driverFailed(reason), in: .accepted, log)
    case .connected: fail(.driverFailed(reason), in: .connected, log)
    case .created, .launching, .ready: .ignore
    case .away, .losing: .ignore  // The ping failed because the channel is gone.
    case .ending, .ended, .handedOver: .ignore
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
      state = .losing(Loss(interpreter: interpreter, exit: exit))
      return .awaitFarewell
    case .away(let absence):
      return fail(absence.end(after: exit), in: absence.phase, log)
    case .created, .launching, .losing, .ending, .ended, .handedOver: return .ignore
    }
  }

  /// The channel is gone. Several calls notice the same cut.
  package mutating func driverLost(_ reason: String, log: [String]) -> Action {
    switch state {
    case .connected(let interpreter):
      return leave(.accepted, interpreter, reason)
    case .ready(let interpreter):
      return leave(.ready, interpreter, reason)
    case .losing(let loss): return fail(loss.end, in: .ready, log)
    case .submitted: return fail(.driverFailed(reason), in: .submitting, log)
    case .accepted: return fail(.driverFailed(reason), in: .accepted, log)
    case .away: return .ignore
    case .created, .launching, .ending, .ended, .handedOver: return .ignore
    }
  }

  private mutating func leave(
    _ progress: Progress, _ interpreter: InterpreterState, _ reason: String
  ) -> Action {
    state = .away(
      Absence(progress: progress, interpreter: interpreter, cause: .cut(reason)))
    return .awaitReturn(.cut)
  }

  /// The driver is there, and cannot be worked with: waiting for another channel is of no use.
  package mutating func driverUnusable(_ reason: String, log: [String]) -> Action {
    switch state {
    case .connected, .ready: return fail(.driverLost(reason, nil), in: phase ?? .ready, log)
    case .away(let absence): return fail(.driverLost(reason, nil), in: absence.phase, log)
    case .losing(let loss): return fail(loss.end, in: .ready, log)
    case .created, .launching, .submitted, .accepted, .ending, .ended, .handedOver: return .ignore
    }
  }

  // MARK: The return

  /// The driver is at the end of a channel again, and says where it stands.
  package mutating func returned(_ interpreter: InterpreterState) -> Action {
    guard case .away(let absence) = state else { return .ignore }
    switch absence.progress {
    case .accepted:
      state = .connected(interpreter)
      return .ping
    case .ready:
      state = .ready(interpreter)
      return .resume
    }
  }

  package mutating func returnOverdue(limit: Duration, log: [String]) -> Action {
    // It came in the last moment.
    guard case .away(let absence) = state else { return .ignore }
    return fail(absence.end(notBackWithin: limit), in: absence.phase, log)
  }

  package mutating func farewellOver(log: [String]) -> Action {
    // The other one was quicker.
    guard case .losing(let loss) = state else { return .ignore }
    return fail(loss.end, in: .ready, log)
  }

  // MARK: Life and end

  package mutating func interpreter(_ new: InterpreterState) {
    switch state {
    case .connected: state = .connected(new)
    case .ready: state = .ready(new)
    case .away(var absence):
      // It was on its way when the channel was lost.
      absence.interpreter = new
      state = .away(absence)
    case .losing(var loss):
      loss.interpreter = new
      state = .losing(loss)
    case .created, .launching, .submitted, .accepted, .ending, .ended, .handedOver: break
    }
  }

  /// A wanted end. An end that has begun goes on as it is.
  package mutating func end(_ end: SessionEnd) -> Action {
    switch state {
    case .connected, .ready:
      state = .ending(Ending(end: end, phase: phase, log: []))
      return .tearDown(.inOrder)
    case .losing(let loss):
      return fail(loss.end, in: .ready, [])
    case .created, .launching, .submitted, .accepted, .away:
      state = .ending(Ending(end: end, phase: phase, log: []))
      return .tearDown(.atOnce)
    case .ending, .ended, .handedOver:
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

  private enum State: Equatable {
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

  private struct Absence: Equatable {
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

  private struct Loss: Equatable {
    var interpreter: InterpreterState
    var exit: ApplicationExit

    var end: SessionEnd { .exited(exit, .ready) }
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
