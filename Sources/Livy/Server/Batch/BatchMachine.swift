// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The life of a batch, without clock, process or network: an event goes in, the next step comes
/// out.
///
///     created ────── end ───────────────────────▶ ending
///        │      └─── adopted ──▶ running
///        │ begin
///     launching ──── end, launch failed ────────▶ ending
///        │ launched
///     running ────── end, exited ───────────────▶ ending
///
///     ending ─────── torn down ─────────────────▶ ended
///
/// The start is over when spark-submit runs; nothing but an end limits how long it does. `ending`
/// leaves nothing behind; what comes late is ignored, so the first cause of an end is the one that
/// is told.
package struct BatchMachine: Equatable, Sendable {
  /// What the batch is to do next.
  package enum Action: Equatable, Sendable {
    /// Start spark-submit.
    case launch
    /// Wait for its end.
    case watch
    /// Leave no process and no secret behind.
    case tearDown
    case ignore
  }

  private enum State: Equatable {
    case created
    case launching
    case running
    case ending(Ending)
    case ended(Ending)
  }

  private struct Ending: Equatable {
    var end: BatchEnd
    /// What was shown before.
    var last: BatchState
    var log: [String]
  }

  private var state: State

  package init() {
    state = .created
  }

  package mutating func begin() -> Action {
    // It was ended before it began.
    guard case .created = state else { return .ignore }
    state = .launching
    return .launch
  }

  /// An earlier server started it, and it runs still.
  package mutating func adopted() -> Action {
    // The server stopped meanwhile.
    guard case .created = state else { return .ignore }
    state = .running
    return .watch
  }

  package mutating func launched() -> Action {
    // Ended meanwhile: the end waits for the launch.
    guard case .launching = state else { return .ignore }
    state = .running
    return .watch
  }

  /// `log` holds the last lines, for the reason.
  package mutating func launchFailed(_ reason: String, log: [String]) -> Action {
    switch state {
    case .launching: end(.launchFailed(reason), log)
    case .created, .running: .ignore
    case .ending, .ended: .ignore  // An end is told first.
    }
  }

  package mutating func exited(_ exit: ApplicationExit, log: [String]) -> Action {
    switch state {
    case .running: end(.exited(exit), log)
    case .created, .launching: .ignore
    case .ending, .ended: .ignore  // It was killed.
    }
  }

  /// An end from outside. One that has begun goes on as it is.
  package mutating func end(_ end: BatchEnd) -> Action {
    switch state {
    case .created, .launching, .running: self.end(end, [])
    case .ending, .ended: .ignore
    }
  }

  package mutating func tornDown() {
    guard case .ending(let ending) = state else { return }
    state = .ended(ending)
  }

  private mutating func end(_ end: BatchEnd, _ log: [String]) -> Action {
    state = .ending(Ending(end: end, last: shownState, log: log))
    return .tearDown
  }
}

// MARK: What others may ask

extension BatchMachine {
  /// The end has begun: a process that a late launch brings must be killed.
  package var isEnding: Bool { end != nil }

  /// What the batch shows. One that is being killed shows what it was until it is gone.
  package var shownState: BatchState {
    switch state {
    case .created, .launching: .starting
    case .running: .running
    case .ending(let ending): ending.end.isKill ? ending.last : ending.end.state
    case .ended(let ending): ending.end.state
    }
  }

  /// Why it ended; nil while it lives.
  package var end: BatchEnd? {
    switch state {
    case .ending(let ending), .ended(let ending): ending.end
    case .created, .launching, .running: nil
    }
  }

  /// The last log lines before a failure.
  package var lastLines: [String] {
    switch state {
    case .ending(let ending), .ended(let ending): ending.log
    case .created, .launching, .running: []
    }
  }
}
