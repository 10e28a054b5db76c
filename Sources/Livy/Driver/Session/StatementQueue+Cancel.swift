// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The end of a single statement.
///
///     waiting, or still to come ──cancel──> told as cancelled; it never runs
///     running ──cancel──> cancelling ──its code ends──> told as cancelled, with the output
///                             `──────giveUp──────> told as cancelled; busy until its code ends
extension StatementQueue {
  package enum Cancellation: Equatable {
    /// It never runs.
    case waited(telling: [DriverEvent.What])
    /// Its code has to be ended: `finish` or `giveUp` follows.
    case ran
    /// It is over, or was cancelled before it ran.
    case over
    /// Too many ids that never run are remembered.
    case full
  }

  /// A statement that is still to come (calls overtake each other) is remembered, and told as
  /// cancelled now: when it comes, it changes nothing.
  package mutating func cancel(
    _ statement: StatementID, atMilliseconds now: Int64
  ) -> Cancellation {
    if case .running(var run) = phase, run.statement == statement {
      switch run.fate {
      case .abandoned: return .over
      case .wanted, .cancelled:
        run.fate = .cancelled
        phase = .running(run)
        return .ran
      }
    }
    let id = statement.number
    guard phase != .ended, id >= next, !skipped.contains(id) else { return .over }
    guard skipped.count < limits.skippedStatementsMax else { return .full }
    skip(id)
    let state = phase == .ready ? tellIfIdle() : []
    return .waited(
      telling: state + [.finished(statement, .cancelled(nil), atMilliseconds: now)])
  }

  /// The statement runs, and is to be ended.
  package func isCancelling(_ statement: StatementID) -> Bool {
    phase == .running(Run(statement: statement, fate: .cancelled))
  }

  /// The statement holds the one place for running code, and nobody wants its result.
  package func wasCancelled(_ statement: StatementID) -> Bool {
    guard case .running(let run) = phase, run.statement == statement else { return false }
    return run.fate != .wanted
  }

  /// The statement, cancelled long ago, still runs: nobody waits for it any longer. The next one
  /// does not begin before its code has ended.
  package mutating func giveUp(
    _ statement: StatementID, atMilliseconds now: Int64
  ) -> [DriverEvent.What] {
    guard isCancelling(statement) else { return [] }  // It ended in time.
    phase = .running(Run(statement: statement, fate: .abandoned))
    return [.held(statement), .finished(statement, .cancelled(nil), atMilliseconds: now)]
  }

  /// The statement that runs and is not told as finished: somebody may still hear what it prints.
  package var heard: StatementID? {
    guard case .running(let run) = phase, run.fate != .abandoned else { return nil }
    return run.statement
  }

  /// The statement that is told as finished while its code goes on.
  package var held: StatementID? {
    guard case .running(let run) = phase, run.fate == .abandoned else { return nil }
    return run.statement
  }
}
