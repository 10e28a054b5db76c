// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import LivyCore
internal import LivyPy4J
package import Transport

/// Runs R in a child process of the driver's. With Spark's own R package it shares the JVM's
/// SparkSession, through a backend that the JVM opens for it.
package actor RInterpreter: Interpreter {
  package nonisolated let kind = StatementKind.sparkr
  private nonisolated let loop: EventLoop
  private let options: ROptions
  /// Nil for R alone.
  private let application: SparkApplication?
  private var phase = Phase.new
  private var conversation: RConversation
  private var waiter: CheckedContinuation<RConversation.Answer, Never>?
  private var backend: RBackend?
  /// Who hears at once what the running statement prints.
  private var printer: Printer?
  private var generator = SystemRandomNumberGenerator()

  private enum Phase {
    case new
    case spawning
    case running(Child)
    case over
  }

  private struct Child {
    let process: ChildProcess
    let requests: any ByteStream
    let output: any ByteStream

    func end() async {
      requests.cancel()
      output.cancel()
      await process.signal(SIGKILL, to: .group)
      _ = await process.waitForExit()
    }
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  package init(_ options: ROptions, in application: SparkApplication?, on loop: EventLoop) {
    self.options = options
    self.application = application
    self.loop = loop
    conversation = RConversation(limits: options.limits)
  }

  package func start() async throws(InterpreterError) {
    guard case .new = phase else { throw InterpreterError("R was started before") }
    phase = .spawning
    guard let executable = options.executable else { throw .noR }
    var equipped = options
    var library = ""
    if let application {
      guard let found = options.library else { throw .noSparkR }
      library = found
      let backend = try await openBackend(in: application)
      equipped.environment.merge(backend.variables(library: library)) { $1 }
    }
    try await spawn(equipped.process(executable))
    switch await answer(to: .attach(library: library)) {
    case .answered(_, .done): return
    case .answered(let printed, .failed(let text)):
      throw InterpreterError("SparkR could not attach to Spark: \(text)", trace: printed)
    case .ended(let reason):
      let lines = reason.split(separator: "\n", maxSplits: 1).map { String($0) }
      throw InterpreterError(
        "R ended before it was ready: \(lines.first ?? "")", trace: lines.dropFirst().joined())
    }
  }

  package func run(
    _ code: String, statement: StatementID, print: @escaping Printer
  ) async -> RunOutcome {
    printer = print
    defer { printer = nil }
    switch await answer(to: .execute(id: statement.description, code: code)) {
    case .answered(let printed, .done(let image)):
      var parts = [OutputPart.plain(printed.withoutOuterLineEnds)]
      if !image.isEmpty {
        parts.append(OutputPart(mimeType: "image/png", content: .text(Base64.encode(image))))
      }
      return .output(.success(parts))
    case .answered(_, .failed(let text)):
      return .output(.failure(StatementFailure(name: "Error", value: text)))
    case .ended(let reason): return .died(reason: reason)
    }
  }

  /// As Ctrl-C. One that comes when the code has just ended meets the next statement's.
  package func interrupt() async {
    guard case .running(let child) = phase, conversation.isRunning else { return }
    await child.process.signal(SIGINT, to: .process)
  }

  package func stop() async {
    settle(conversation.end("the R process was stopped"))
    let before = phase
    phase = .over
    if case .running(let child) = before { await child.end() }
    if let backend, let application { await application.close(backend) }
    backend = nil
  }
}

extension InterpreterError {
  fileprivate static let noR = InterpreterError(
    "there is no Rscript in PATH: install R on the machine of the driver (Debian: r-base-core)")
  fileprivate static let noSparkR = InterpreterError(
    """
    this Spark has no R package (R/lib/SparkR): the one from PyPI brings none. Take a full \
    distribution from https://spark.apache.org/downloads.html, and set livy.server.spark-home to it
    """)
}

// MARK: The child

extension RInterpreter {
  private func openBackend(
    in application: SparkApplication
  ) async throws(InterpreterError) -> RBackend {
    do throws(Py4JError) {
      let backend = try await application.openRBackend()
      self.backend = backend
      return backend
    } catch {
      throw InterpreterError(
        "the JVM did not open SparkR's backend: \(error.message)",
        trace: error.exception?.stackTrace ?? "")
    }
  }

  private func spawn(_ options: ChildProcessOptions) async throws(InterpreterError) {
    let process: ChildProcess
    do {
      process = try await ChildProcess.spawn(options, on: loop)
    } catch {
      throw InterpreterError("R cannot be started: \(error)")
    }
    guard let requests = process.pipe(0)?.value, let output = process.pipe(1)?.value else {
      throw InterpreterError("the pipes to R are missing")
    }
    let child = Child(process: process, requests: requests, output: output)
    guard case .spawning = phase else {
      await child.end()
      throw InterpreterError("the R process was stopped")
    }
    phase = .running(child)
    child.requests.start(RPipe(of: self))
    child.output.start(RPipe(of: self))
    child.requests.write(RRequest.program(PackageResources.r_runner_R))
  }

  /// All of it where nothing comes between the request and the wait: an answer in between, or the
  /// end, would meet nobody.
  private func answer(to request: RRequest) async -> RConversation.Answer {
    await withCheckedContinuation { continuation in
      let number = UInt64.random(in: .min ... .max, using: &generator)
      switch conversation.begin(request, token: "<livy-\(String(number, radix: 16))>") {
      case .send(let bytes):
        guard case .running(let child) = phase else {
          return continuation.resume(returning: .ended(reason: "the R process does not run"))
        }
        waiter = continuation
        child.requests.write(bytes)
      case .ended(let reason): continuation.resume(returning: .ended(reason: reason))
      case .busy:
        continuation.resume(
          returning: .answered(printed: "", .failed("R runs another statement")))
      }
    }
  }

  private func settle(_ answer: RConversation.Answer?) {
    guard let answer else { return }
    waiter?.resume(returning: answer)
    waiter = nil
  }

  fileprivate func received(_ bytes: UnsafeRawBufferPointer) {
    let answer = conversation.receive(Array(bytes))
    if let printer, let text = conversation.takeNews() { printer(text) }
    settle(answer)
  }

  /// The child, or what holds its pipe, is gone: it cannot be talked to any more.
  fileprivate func ended() {
    guard case .running(let child) = phase else { return }
    phase = .over
    settle(conversation.end("the R process has ended"))
    child.requests.cancel()
    child.output.cancel()
    Task { [process = child.process] in await process.signal(SIGKILL, to: .group) }
  }
}

/// Tells the interpreter what the child says.
private final class RPipe: ByteStreamReceiver {
  private let interpreter: RInterpreter

  init(of interpreter: RInterpreter) {
    self.interpreter = interpreter
  }

  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {
    interpreter.receive(bytes) { $0.received($1) }
  }

  func streamDidDrain() {}

  func streamDidEnd(_ error: TransportError?) {
    interpreter.assumeIsolated { $0.ended() }
  }
}

extension String {
  fileprivate var withoutOuterLineEnds: String {
    let head = unicodeScalars.drop { $0 == "\n" }
    let ends = head.reversed().prefix { $0 == "\n" }.count
    return String(String.UnicodeScalarView(head.dropLast(ends)))
  }
}
