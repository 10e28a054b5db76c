// SPDX-License-Identifier: Apache-2.0

package import Transport

/// A Python that is started before Spark: it imports PySpark, which takes a second, while Spark
/// itself starts. Where it could not be started, or lies among the files that Spark has yet to
/// bring, there is none, and the session starts its Python in its turn.
package final class PythonHeadStart: Sendable {
  private let waiting: Locked<PythonInterpreter?>

  private init(_ interpreter: PythonInterpreter?) {
    waiting = Locked(interpreter)
  }

  package static let none = PythonHeadStart(nil)

  /// - Parameter files: those that the application will share with its interpreters.
  package static func begin(
    _ options: PythonOptions, files: PythonFiles, on loop: EventLoop
  ) async -> PythonHeadStart {
    guard options.isPlaced else { return none }
    let interpreter = PythonInterpreter(options, files: files, on: loop)
    do {
      try await interpreter.spawn()
      return PythonHeadStart(interpreter)
    } catch {
      return none  // The session's own try tells why.
    }
  }

  /// The first caller gets it.
  package func take() -> PythonInterpreter? {
    waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
  }
}
