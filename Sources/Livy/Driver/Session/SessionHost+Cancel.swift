// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import LivyPy4J

/// Cancelling a statement: `StatementQueue` decides, and while a cancelled one runs its jobs and
/// its code are ended as gently as they let themselves be ended.
extension SessionHost {
  package func cancel(
    _ statement: StatementID, epoch: UInt64
  ) async throws(LivyError) -> StatementStage {
    try obey(epoch)
    switch queue.cancel(statement, atMilliseconds: plan.clock()) {
    case .waited(let events):
      record(events)
      return .waited
    case .ran:
      beginEnding(statement)
      return .ran
    case .over: return .over
    case .full:
      throw LivyError(.tooMany, "too many cancelled statements are remembered in the driver")
    }
  }

  /// Runs beside a statement that was cancelled, and is cancelled with its end. It may run on for
  /// `cancelTimeMax`; then it is told as finished.
  func bear(_ statement: StatementID) async {
    await pause(for: plan.settings.cancelTimeMax)
    guard !Task.isCancelled else { return }
    record(queue.giveUp(statement, atMilliseconds: plan.clock()))
  }

  /// Runs beside a statement that was cancelled, and is cancelled with its end. Ends its Spark jobs
  /// again and again, and then its code: also when it was given up, since nothing else runs before
  /// it has ended.
  func press(
    _ statement: StatementID, in interpreter: any Interpreter, through canceller: JobCanceller
  ) async {
    async let _ = interrupt(statement, in: interpreter)
    while queue.wasCancelled(statement), !Task.isCancelled {
      await canceller.cancelJobs(of: statement)
      await pause(for: plan.settings.cancelInterval)
    }
  }

  private func interrupt(_ statement: StatementID, in interpreter: any Interpreter) async {
    await pause(for: plan.limits.interruptDelay)
    while queue.wasCancelled(statement), !Task.isCancelled {
      await interpreter.interrupt()
      await pause(for: plan.limits.interruptInterval)
    }
  }

  /// The code of a cancelled statement has ended, but the JVM may have been about to begin a job of
  /// it.
  func endLateJobs(of statement: StatementID, through canceller: JobCanceller) async {
    for _ in 0..<plan.limits.lateJobRounds where !Task.isCancelled && !queue.isEnded {
      await canceller.cancelJobs(of: statement)
      await pause(for: plan.settings.cancelInterval)
    }
  }
}

extension StatementFailure {
  /// The cancellation was quicker than the start of the interpreter.
  static let cancelledEarly = StatementFailure(
    name: "Cancelled", value: "The statement was cancelled before its code began to run.")
}
