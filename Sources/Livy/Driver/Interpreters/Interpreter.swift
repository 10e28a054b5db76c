// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Runs code of one kind in the Spark session. The session host starts it before its first
/// statement, hands it one statement at a time, and stops it at the end of the session.
package protocol Interpreter: Sendable {
  var kind: StatementKind { get }

  /// Called once, before the first `run`. Returns when a statement can be run.
  func start() async throws(InterpreterError)

  /// Runs one statement, its Spark jobs in the job group that is named by the statement's id. An
  /// error of the user's code is an output. Comes back with `.died` when `stop` is called
  /// meanwhile. What the code prints goes to `print` as it comes, and is part of the outcome all
  /// the same.
  func run(_ code: String, statement: StatementID, print: @escaping Printer) async -> RunOutcome

  /// Which words may stand at a place of some code, the likeliest first: whole words, each in place of
  /// the part of it that stands before the cursor. The cursor counts UTF-16 code units; it lies in the
  /// code, and in no character. Runs none of the user's code, changes nothing, and answers within a
  /// time of its own, also while `run` waits; none where nothing is known.
  func complete(_ code: String, cursor: Int) async -> [String]

  /// Asks the code that runs to break off: as Ctrl-C does, where the language has such a thing. May
  /// be called at any time, from the host's loop, and again while `run` still waits; changes nothing
  /// when nothing runs. Spark's jobs are cancelled by the host.
  func interrupt() async

  /// Ends what the interpreter holds: processes, connections. May be called at any time, from the
  /// host's loop, also while `start` or `run` waits, and more than once.
  func stop() async
}

extension Interpreter {
  package func complete(_ code: String, cursor: Int) async -> [String] { [] }
}

/// Takes a piece of what a statement prints, on the host's loop, while `run` waits.
package typealias Printer = @Sendable (String) -> Void

/// What became of a statement that an interpreter was given.
package enum RunOutcome: Equatable, Sendable {
  /// The code ran, well or not; the interpreter is good for the next one.
  case output(StatementOutput)
  /// The interpreter itself is gone and takes no more statements; the reason is for people.
  case died(reason: String)
}

/// Why an interpreter could not start.
package struct InterpreterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was tried, and why it failed, in one line.
  package var message: String
  /// Java's or Python's own words: a trace, or the last lines of a child's error stream.
  package var trace: String

  package init(_ message: String, trace: String = "") {
    self.message = message
    self.trace = trace
  }

  package var description: String { message }
}
