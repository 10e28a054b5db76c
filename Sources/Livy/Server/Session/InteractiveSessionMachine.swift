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
  private(set) var state: State

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
