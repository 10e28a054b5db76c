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
  private var knowsMagics = false
  /// Until Java refuses to stop a thread.
  private var canStop = true

  private enum Phase {
    case new
    /// With what is to be closed.
    case starting([GatewayConnection])
    case ready(ScalaREPL, control: GatewayConnection)
    case over
  }

  private struct Running {
    var statement: StatementID
    var interruption: ScalaInterruption
    var print: Printer
    /// UTF-16 units of what the running piece printed that `print` has taken.
    var told = 0
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
      running = Running(
        statement: statement,
        interruption: ScalaInterruption(
          lastResortDelay: limits.lastResortDelay, canStop: canStop), print: print)
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
      let step: Step
      // Behind an incomplete piece it is no magic, but a part of that.
      if first == last, let magic = pieces.magic(at: last) {
        step = try await show(magic, in: repl, &report)
      } else {
        step = try await run(pieces.text(first...last), in: repl, &report)
      }
      switch step {
      case .incomplete: continue
      case .done: first = last + 1
      case .failed(let failure): return .failure(failure)
      }
    }
    guard first == pieces.count else { return .failure(.incompleteScala) }
    return report.output
  }

  /// What became of one piece.
  private enum Step {
    case done
    case incomplete
    case failed(StatementFailure)
  }

  private func run(
    _ code: String, in repl: ScalaREPL, _ report: inout ScalaReport
  ) async throws(Py4JError) -> Step {
    switch try await interpret(code, in: repl, unitsMax: report.room) {
    case .incomplete: return .incomplete
    case .success:
      let printed = try await repl.takePrinted(unitsMax: report.room)
      tellRest(of: printed.text)
      report.add(printed: printed)
      let said = try await repl.takeSaid(unitsMax: report.room)
      tellRest(of: said.text)
      report.add(said: said)
      return .done
    case .error:
      let printed = try await repl.takePrinted(unitsMax: limits.outputUnitsMax / 2)
      let said = try await repl.takeSaid(unitsMax: limits.outputUnitsMax / 2)
      return .failed(StatementFailure(scala: said.text, printed: printed.text))
    }
  }

  private func show(
    _ magic: ScalaMagic, in repl: ScalaREPL, _ report: inout ScalaReport
  ) async throws(Py4JError) -> Step {
    let question: ScalaMagic.Question
    do { question = try magic.question() } catch { return .failed(error) }
    if !knowsMagics {
      try await repl.learnMagics()
      knowsMagics = true
    }
    switch try await run(question.code(limits: limits), in: repl, &report) {
    case .incomplete: return .failed(.incompleteScala)
    case .failed(let failure):
      return .failed(question.isMissing(failure) ? question.missing : failure)
    case .done:
      let answer = try await repl.takeMagicAnswer()
      do { report.add(try question.part(of: answer)) } catch { return .failed(error) }
      return .done
    }
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

// MARK: What is printed while code runs

extension ScalaInterpreter {
  /// Prints are told meanwhile, and no more when this returns.
  private func interpret(
    _ code: String, in repl: ScalaREPL, unitsMax: Int
  ) async throws(Py4JError) -> ScalaREPL.Result {
    running?.told = 0
    async let _ = tellPrinted(of: repl, unitsMax: unitsMax)
    return try await repl.interpret(code)
  }

  /// Until it is cancelled, which the end of the code does. A look that fails is made again: what is
  /// missed comes with the output.
  private func tellPrinted(of repl: ScalaREPL, unitsMax: Int) async {
    guard case .ready(_, let control) = phase else { return }
    while true {
      try? await Task.sleep(for: limits.printInterval)
      guard !Task.isCancelled, let told = running?.told else { return }
      let text = try? await repl.printed(
        after: told, unitsMax: unitsMax - told, asking: control)
      guard !Task.isCancelled, let text, !text.isEmpty else { continue }
      running?.told += text.utf16.count
      running?.print(text)
    }
  }

  /// What comes behind the part that was told while the code ran.
  private func tellRest(of text: String) {
    guard let running else { return }
    let rest = text.utf16.dropFirst(running.told)
    self.running?.told = 0
    if !rest.isEmpty { running.print(String(decoding: rest, as: UTF16.self)) }
  }
}

// MARK: Completion

extension ScalaInterpreter {
  /// Nothing while a statement runs: the compiler is busy with it, or its thread is. Nothing either
  /// when the compiler fails over it: completion is a courtesy.
  package func complete(_ code: String, cursor: Int) async -> [String] {
    guard case .ready(let repl, _) = phase, running == nil else { return [] }
    let candidates = try? await repl.candidates(
      for: code, cursor: cursor, max: limits.candidatesMax)
    return candidates ?? []
  }
}

// MARK: Interrupts

extension ScalaInterpreter {
  /// Ends the code by and by, as `ScalaInterruption` says.
  package func interrupt() async {
    guard case .ready(let repl, let control) = phase, var running else { return }
    let step = running.interruption.next(at: loop.now)
    self.running = running
    isFlagged = true
    // A JVM that cannot be asked has gone, which ends the code as well.
    let isInUserCode = step == .stop ? try? await repl.isInUserCode(asking: control) : nil
    guard self.running?.statement == running.statement else { return }
    guard isInUserCode == true else {
      _ = try? await control.perform(
        .call(.object(repl.thread), method: "interrupt", arguments: []))
      return
    }
    do throws(Py4JError) {
      _ = try await control.perform(.call(.object(repl.thread), method: "stop", arguments: []))
    } catch {
      guard ScalaInterruption.isRefusal(error) else { return }
      canStop = false
      self.running?.interruption.canStop = false
    }
  }

  /// An interrupt that came too late for its statement must not meet this one.
  private func forgetInterrupts(
    _ repl: ScalaREPL, _ control: GatewayConnection
  ) async throws(Py4JError) {
    guard isFlagged else { return }
    isFlagged = false
    // The attendance of its statement, which asks for interrupts, is over before the next one
    // begins, and calls that were made run in order: behind this one no interrupt is on its way.
    _ = try await control.perform(
      .call(.object(repl.thread), method: "isInterrupted", arguments: []))
    _ = try await repl.connection.perform(
      .call(.type("java.lang.Thread"), method: "interrupted", arguments: []))
  }
}
