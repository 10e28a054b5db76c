// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import LivyCore
package import Transport

/// Runs Python in a child process of the driver's, which shares the JVM's Spark context.
///
/// The child leads a process group of its own, so that all it started in it can be ended with it.
package actor PythonInterpreter: Interpreter {
  package nonisolated let kind = StatementKind.pyspark
  private nonisolated let loop: EventLoop
  private let options: PythonOptions
  /// Python files that were added to the application, shared by all its interpreters.
  private let files: PythonFiles
  /// How many of those the child knows.
  private var includedFiles = 0
  private var phase = Phase.new
  private var conversation: PythonConversation
  private var waiter: CheckedContinuation<PythonConversation.Answer, Never>?
  /// Who waits for the candidates of a place, by its token.
  private var completing: [String: CheckedContinuation<[String], Never>] = [:]
  /// Places that the child has not answered, whether or not somebody still waits.
  private var unanswered = 0
  /// Who hears at once what the running statement prints.
  private var printer: Printer?
  private var generator = SystemRandomNumberGenerator()

  private enum Phase {
    case new
    case spawning
    case running(PythonChild)
    /// The child has ended; its last words may be on their way.
    case ending(PythonChild, ChildProcess.ExitStatus)
    case over
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  package init(
    _ options: PythonOptions, files: PythonFiles = PythonFiles(), on loop: EventLoop
  ) {
    self.options = options
    self.files = files
    self.loop = loop
    conversation = PythonConversation(limits: options.limits)
  }

  package func start() async throws(InterpreterError) {
    if case .new = phase { try await spawn() }
    switch await answer(to: .attach) {
    case .answered(let printed, .failed(let failure)):
      throw InterpreterError(
        "Python could not attach to Spark: \(failure.name): \(failure.value)",
        trace: failure.traceback.joined() + printed)
    case .answered, .completed: return
    case .ended(let reason):
      let lines = reason.split(separator: "\n", maxSplits: 1).map(String.init)
      throw InterpreterError(
        "\(options.executable) ended before it was ready: \(lines.first ?? "")",
        trace: lines.count > 1 ? lines[1] : "")
    }
  }

  package func run(
    _ code: String, statement: StatementID, print: @escaping Printer
  ) async -> RunOutcome {
    await includeFiles()
    printer = print
    defer { printer = nil }
    switch await answer(to: .execute(id: statement.description, code: code)) {
    case .answered(_, .failed(let failure)): return .output(.failure(failure))
    case .answered(let printed, .shown(let parts)):
      return .output(.success(Self.text(printed, beside: parts, limits: options.limits) + parts))
    case .answered(let printed, _): return .output(.success([.plain(printed.rightStripped)]))
    case .completed: return .output(.success([]))  // Never the answer to a statement.
    case .ended(let reason): return .died(reason: reason)
    }
  }

  /// What was printed gets the room that the forms of the result leave; none is no form.
  private static func text(
    _ printed: String, beside parts: [OutputPart], limits: PythonLimits
  ) -> [OutputPart] {
    let text = printed.rightStripped
    let room = limits.outputBytesMax - parts.reduce(0) { $0 + $1.byteCount }
    return text.isEmpty ? [] : [.plain(text.kept(within: room, of: limits.outputBytesMax))]
  }

  /// Past what runs: the child answers from a thread of its own, and runs nothing for it.
  package func complete(_ code: String, cursor: Int) async -> [String] {
    let limits = options.limits
    let token = newToken()
    var timer: LoopTimer?
    defer { timer?.cancel() }
    return await withCheckedContinuation { continuation in
      guard case .running(let child) = phase, unanswered < limits.unansweredPlacesMax else {
        return continuation.resume(returning: [])
      }
      unanswered += 1
      completing[token] = continuation
      timer = loop.schedule(after: limits.completionTimeout) {
        self.assumeIsolated { $0.completing.removeValue(forKey: token)?.resume(returning: []) }
      }
      let seen = String(code.before(cursor: cursor).suffix(limits.completedCharactersMax))
      child.requests.write(PythonRequest.complete(code: seen).encoded(token: token))
    }
  }

  /// The runner raises `KeyboardInterrupt` in the code. An interrupt that comes late meets nobody:
  /// it names the request that it is meant for.
  package func interrupt() async {
    guard case .running(let child) = phase, let bytes = conversation.interruption() else { return }
    child.requests.write(bytes)
  }

  package func stop() async {
    settle(conversation.end("the Python process was stopped"))
    switch phase {
    case .new, .spawning, .over: phase = .over
    case .running(let child), .ending(let child, _):
      phase = .over
      await child.end()
    }
  }
}

// MARK: The child

extension PythonInterpreter {
  /// Starts the child and no more: it imports PySpark while Spark itself starts. `start` then
  /// attaches it. Plain Python can be run before that.
  package func spawn() async throws(InterpreterError) {
    guard case .new = phase else { throw InterpreterError("Python was started before") }
    phase = .spawning
    let process: ChildProcess
    do {
      process = try await ChildProcess.spawn(options.process, on: loop)
    } catch {
      phase = .over
      let inFiles = options.workingDirectory.map { options.executable.hasPrefix($0 + "/") } ?? false
      let advice =
        inFiles
        ? "the session's archives hold none there: name one as venv.tar.gz#env for ./env/bin/python"
        : "set spark.pyspark.python or PYSPARK_PYTHON to one"
      throw InterpreterError("Python cannot be started: \(error); \(advice)")
    }
    guard let child = PythonChild(process) else {
      throw InterpreterError("the pipes to Python are missing")
    }
    guard case .spawning = phase else {
      await child.end()
      throw InterpreterError("the Python process was stopped")
    }
    phase = .running(child)
    child.script.start(PythonPipe(.script, of: self))
    child.script.write(options.script)
    child.script.finish()
    child.requests.start(PythonPipe(.requests, of: self))
    child.output.start(PythonPipe(.output, of: self))
    child.errors.start(PythonPipe(.errors, of: self))
    child.replies.start(PythonPipe(.replies, of: self))
    watchExit(of: process)
  }

  /// The task ends with the process, which `stop` and the loop's own end see to.
  private func watchExit(of process: ChildProcess) {
    Task {
      let status = await process.waitForExit()
      childEnded(status)
    }
  }

  private func childEnded(_ status: ChildProcess.ExitStatus) {
    guard case .running(let child) = phase else { return }
    phase = .ending(child, status)
    // Whoever inherited the pipe may hold it open for ever.
    loop.schedule(after: options.limits.lastWordsTimeout) {
      self.assumeIsolated { $0.bury() }
    }
  }

  private func bury() {
    guard case .ending(let child, let status) = phase else { return }
    phase = .over
    settle(conversation.end("the Python process ended with \(status)"))
    child.endPipes()
    killGroup(of: child)
  }

  /// Leaves the last words in the pipes.
  private func killGroup(of child: PythonChild) {
    Task { [process = child.process] in await process.signal(SIGKILL, to: .group) }
  }
}

// MARK: Requests and answers

extension PythonInterpreter {
  /// Tells the child of files that were added since it was last told.
  func includeFiles() async {
    let names = files.names
    guard names.count > includedFiles else { return }
    let answer = await answer(to: .include(names: Array(names[includedFiles...])))
    if case .answered(_, .done) = answer { includedFiles = names.count }
  }

  /// All of it where nothing comes between the request and the wait: an answer in between, or the
  /// end, would meet nobody.
  func answer(to request: PythonRequest) async -> PythonConversation.Answer {
    await withCheckedContinuation { continuation in
      switch conversation.begin(request, token: newToken()) {
      case .send(let bytes):
        guard case .running(let child) = phase else {
          return continuation.resume(returning: .ended(reason: "the Python process does not run"))
        }
        waiter = continuation
        child.requests.write(bytes)
      case .ended(let reason): continuation.resume(returning: .ended(reason: reason))
      case .busy:
        let failure = StatementFailure(name: "Error", value: "Python runs another statement")
        continuation.resume(returning: .answered(printed: "", .failed(failure)))
      }
    }
  }

  /// Nobody guesses it, and no text holds it by chance.
  private func newToken() -> String {
    "\0livy-" + String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
  }

  private func settle(_ answer: PythonConversation.Answer?) {
    switch answer {
    case nil: return
    case .completed(let token, let candidates):
      unanswered -= 1
      completing.removeValue(forKey: token)?.resume(returning: candidates)
      return
    case .ended:
      for place in completing.values { place.resume(returning: []) }
      completing = [:]
    case .answered: break
    }
    if let answer { waiter?.resume(returning: answer) }
    waiter = nil
  }

  fileprivate func received(_ bytes: UnsafeRawBufferPointer, from pipe: PythonPipe.Name) {
    switch pipe {
    case .script, .requests: break
    case .output:
      settle(conversation.receiveOutput(bytes))
      if let printer, let text = conversation.takePrinted() { printer(text) }
    case .errors: conversation.receiveError(bytes)
    case .replies:
      for answer in conversation.receiveReplies(bytes) { settle(answer) }
    }
  }

  fileprivate func ended(_ pipe: PythonPipe.Name) {
    switch (pipe, phase) {
    case (.output, .ending): bury()
    case (.replies, .running(let child)), (.requests, .running(let child)):
      // It cannot be talked to any more, if it did not just end; `watchExit` sees the rest.
      killGroup(of: child)
    default: break
    }
  }
}

/// Tells the interpreter what one of its pipes says.
private final class PythonPipe: ByteStreamReceiver {
  enum Name {
    case script, output, errors, requests, replies
  }

  private let name: Name
  private let interpreter: PythonInterpreter

  init(_ name: Name, of interpreter: PythonInterpreter) {
    self.name = name
    self.interpreter = interpreter
  }

  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {
    interpreter.receive(bytes) { [name] in $0.received($1, from: name) }
  }

  func streamDidDrain() {}

  func streamDidEnd(_ error: TransportError?) {
    interpreter.assumeIsolated { [name] in $0.ended(name) }
  }
}
