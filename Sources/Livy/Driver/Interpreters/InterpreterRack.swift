// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import LivyPy4J
internal import Transport

/// Makes the interpreter of a kind, or `nil` where this driver has none. It is started later.
package typealias InterpreterFactory =
  @Sendable (StatementKind, SparkApplication) -> (any Interpreter)?

/// The interpreters of a session: one for each kind, made and started when it is first asked for.
actor InterpreterRack {
  private nonisolated let loop: any Loop
  private let application: SparkApplication
  private let make: InterpreterFactory
  private var ready: [StatementKind: any Interpreter] = [:]
  private var starting: (any Interpreter)?
  private var isStopped = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ application: SparkApplication, make: @escaping InterpreterFactory) {
    self.application = application
    self.make = make
    loop = application.gateway.loop
  }

  /// Asked by one task at a time. One that could not start is made anew the next time.
  func interpreter(for kind: StatementKind) async throws(InterpreterError) -> any Interpreter {
    if let interpreter = ready[kind] { return interpreter }
    guard !isStopped else { throw InterpreterError("the session has ended") }
    guard let interpreter = make(kind, application) else {
      throw InterpreterError("this driver has no interpreter for \(kind.rawValue)")
    }
    starting = interpreter
    defer { starting = nil }
    do {
      try await interpreter.start()
    } catch {
      await interpreter.stop()
      throw error
    }
    // The end may have passed it while it started.
    guard !isStopped else {
      await interpreter.stop()
      throw InterpreterError("the session has ended")
    }
    ready[kind] = interpreter
    return interpreter
  }

  /// One that has started, if it has.
  func started(_ kind: StatementKind) -> (any Interpreter)? { ready[kind] }

  /// Ends all, also the one that is about to start. What runs comes back as died.
  func stop() async {
    isStopped = true
    let all = Array(ready.values) + (starting.map { [$0] } ?? [])
    for interpreter in all { await interpreter.stop() }
  }
}
