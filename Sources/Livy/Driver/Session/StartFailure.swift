// SPDX-License-Identifier: Apache-2.0

package import LivyPy4J

/// Why a session could not start; the driver reports it to its server and ends.
package struct StartFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// One line for people.
  package var reason: String
  /// Java's or Python's own trace; empty where there is none.
  package var trace: String

  package init(_ reason: String, trace: String = "") {
    self.reason = reason
    self.trace = trace
  }

  /// - Parameter what: what Spark did not do.
  package init(_ error: Py4JError, _ what: String = "Spark did not start") {
    let said = error.exception.map { "\($0.className): \(error.message)" } ?? error.message
    let line = said.split(whereSeparator: \.isNewline).first.map { String($0) } ?? said
    self.init("\(what): \(line)", trace: error.exception?.stackTrace ?? "")
  }

  package init(_ error: InterpreterError) {
    self.init("the interpreter did not start: \(error.message)", trace: error.trace)
  }

  package var description: String { reason }
}
