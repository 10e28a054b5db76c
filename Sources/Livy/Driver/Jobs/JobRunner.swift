// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Runs jobs of one session, one at a time. The desk starts it before its first job, and makes
/// another when it has died.
package protocol JobRunner: Sendable {
  /// Called once, before the first `run`.
  func start() async throws(InterpreterError)

  /// Runs one job, its Spark jobs in the group that `JobNumber.group` names. Comes back with `.died`
  /// when `stop` is called meanwhile.
  func run(_ job: Job) async -> JobOutcome

  /// Asks the job that runs to break off. May be called again while `run` still waits; changes
  /// nothing when nothing runs.
  func interrupt() async

  /// Ends what the runner holds. May be called at any time, and more than once.
  func stop() async
}

/// What became of a job that a runner was given.
package enum JobOutcome: Equatable, Sendable {
  /// The program's result, serialized.
  case result([UInt8])
  /// The program's own error, in words.
  case failed(String)
  /// The runner itself is gone and takes no more jobs.
  case died(reason: String)
}

/// Makes a runner for the jobs of an application, or nil where this driver cannot run any. It is
/// started later.
package typealias JobRunnerFactory = @Sendable (SparkApplication) -> (any JobRunner)?

extension JobNumber {
  /// Name of the Spark job group in which the job runs. Statements have plain numbers.
  package var group: String { "livy-job-\(number)" }
}
