// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import LivyPy4J
internal import Transport

/// Runs Scala in the JVM's SparkSession, in the REPL that comes with Spark's compiler. The code
/// runs on a connection of its own; another one interrupts it.
package actor ScalaInterpreter: Interpreter {
  package nonisolated let kind = StatementKind.spark
  private nonisolated let loop: any Loop
  private let application: SparkApplication
  private let limits: ScalaLimits
  private var phase = Phase.new
  private var running: Running?
  /// Whether an interrupt was sent since the thread was last asked for it.
  private var isFlagged = false

  private enum Phase {
    case new
    /// With what is to be closed.
    case starting([GatewayConnection])
    case ready(ScalaREPL, control: GatewayConnection)
    case over
  }

  private struct Running {
    var statement: StatementID
    var interrupts = 0
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  package init(_ application: SparkApplication, limits: ScalaLimits = ScalaLimits()) {
    self.application = application
    self.limits = limits
    loop = application.gateway.loop
  }

  /// Takes seconds: the compiler is started.
  package func start() async throws(InterpreterError) {
    guard case .new = phase else { throw InterpreterError("Scala was started before") }
    phase = .starting([])
    do throws(Py4JError) {
      let connection = try await open()
      let control = try await open()
      let repl = try await ScalaREPL.start(on: connection, for: application)
      guard case .starting = phase else { throw Py4JError(.connectionLost, "it was stopped") }
      phase = .ready(repl, control: control)
    } catch {
      throw InterpreterError(
        "Scala's REPL cannot be started: \(error.message)",
        trace: error.exception?.stackTrace ?? "")
    }
  }

  private func open() async throws(Py4JError) -> GatewayConnection {
    let connection = try await application.gateway.open()
    guard case .starting(let others) = phase else {
      await connection.close()
      throw Py4JError(.connectionLost, "it was stopped")
    }
    phase = .starting(others + [connection])
    return connection
  }

  package func stop() async {
    let before = phase
    phase = .over
    switch before {
    case .new, .over: break
    case .starting(let connections):
      for connection in connections { await connection.close() }
    case .ready(let repl, let control):
      await repl.connection.close()
      await control.close()
    }
  }
}

// MARK: Statements

extension ScalaInterpreter {
  package func run(
    _ code: String, statement: StatementID, print: @escaping Printer
  ) async -> RunOutcome {
    guard case .ready(let repl, let control) = phase else {
      return .died(reason: "the Scala interpreter does not run")
    }
    do {
      try await forgetInterrupts(repl, control)
      running = Running(statement: statement)
      defer { running = nil }
      try await enterJobGroup(of: statement, code, on: repl.connection)
      return .output(try await interpret(code, in: repl))
    } catch {
      switch error.code {
      case .connectionLost, .protocolError, .refused: return .died(reason: error.message)
      default: return .output(.failure(StatementFailure(scala: error)))
      }
    }
  }

  private func interpret(
    _ code: String, in repl: ScalaREPL
  ) async throws(Py4JError) -> StatementOutput {
    let pieces = ScalaPieces(code)
    var report = ScalaReport(limits: limits)
    var first = 0
    for last in 0..<pieces.count {
      switch try await repl.interpret(pieces.text(first...last)) {
      case .incomplete: continue
      case .success:
        first = last + 1
        report.add(try await repl.takePrinted(unitsMax: report.room))
        report.add(try await repl.takeSaid(unitsMax: report.room))
      case .error:
        let printed = try await repl.takePrinted(unitsMax: limits.outputUnitsMax / 2)
        let said = try await repl.takeSaid(unitsMax: limits.outputUnitsMax / 2)
        return .failure(StatementFailure(scala: said.text, printed: printed.text))
      }
    }
    guard first == pieces.count else { return .failure(.incompleteScala) }
    return report.output
  }

  /// Tasks are not interrupted on cancel: Spark warns that HDFS may then mark its nodes as dead.
  private func enterJobGroup(
    of statement: StatementID, _ code: String, on connection: GatewayConnection
  ) async throws(Py4JError) {
    let descriptionMax = 100
    _ = try await connection.perform(
      .call(
        .object(application.context), method: "setJobGroup",
        arguments: [
          .text(statement.description), .text(String(code.prefix(descriptionMax))), .bool(false),
        ]))
  }
}

// MARK: Interrupts

extension ScalaInterpreter {
  /// First the thread is interrupted, which ends what waits. Whoever asks again means it: the
  /// thread is stopped, which ends also what computes, where Java can still do that (it cannot from
  /// 20 on).
  package func interrupt() async {
    guard case .ready(let repl, let control) = phase, var running else { return }
    running.interrupts += 1
    self.running = running
    isFlagged = true
    let method = running.interrupts > 1 ? "stop" : "interrupt"
    // Fails when the JVM has gone, or has no such method any more.
    _ = try? await control.perform(.call(.object(repl.thread), method: method, arguments: []))
  }

  /// An interrupt that came too late for its statement must not meet this one.
  private func forgetInterrupts(
    _ repl: ScalaREPL, _ control: GatewayConnection
  ) async throws(Py4JError) {
    guard isFlagged else { return }
    isFlagged = false
    // Calls of one connection run in order: behind this one no interrupt is on its way.
    _ = try await control.perform(
      .call(.object(repl.thread), method: "isInterrupted", arguments: []))
    _ = try await repl.connection.perform(
      .call(.type("java.lang.Thread"), method: "interrupted", arguments: []))
  }
}
