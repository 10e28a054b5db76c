// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import TestSupport
internal import Transport

/// Answers as a JVM with Spark would, as far as a session host without SQL asks.
enum ScriptedSpark {
  static let facts = ApplicationFacts(
    sparkVersion: "3.5.8", applicationID: "local-1", uiURL: "http://host:4040")

  static func answer(to command: [String]) -> String? {
    if command.first == "i" || command.first == "a" { return "!yro6" }
    guard command.count > 2 else { return "!xsshort" }
    switch command[2] {
    case "builder": return "!yro1"
    case "getOrCreate": return "!yro2"
    case "sparkContext": return "!yro3"
    case "version": return "!ys3.5.8"
    case "applicationId": return "!yslocal-1"
    case "uiWebUrl": return "!yro4"
    case "isDefined", "isLocal": return "!ybtrue"
    case "getRootDirectory": return "!ys/files"
    case "get": return "!yshttp://host:4040"
    case "range", "fromSparkContext", "parallelize": return "!yro5"
    case "add": return "!ybtrue"
    case "count": return "!yL1"
    case "getAbsoluteFile", "toPath", "createTempDirectory", "toFile": return "!yro6"
    case "getPath": return "!ys/session/livy-classes1"
    case "getProperty": return "!yn"
    case "registerShutdownDeleteDir", "setProperty", "cancelJobGroup": return "!yv"
    default: return command[0] == "m" || command[2] == "stop" ? "!yv" : "!xsno such method"
    }
  }

  /// `getOrCreate` throws.
  static func failingAnswer(to command: [String]) -> String? {
    switch command.dropFirst(command.first == "p" ? 1 : 2).first {
    case "getOrCreate": "!xro8"
    case "getClass": "!yro9"
    case "getName": "!ysorg.apache.spark.SparkException"
    case "getMessage": "!ysno master\\nat all"
    case "ro8": "!ysorg.apache.spark.SparkException: no master\\nat all\\n\tat a.B.c(B.java:1)"
    default: answer(to: command)
    }
  }
}

/// An interpreter whose runs come back when the test says so.
final class PuppetInterpreter: Interpreter {
  private struct State {
    var waiting: CheckedContinuation<RunOutcome, Never>?
    var codes: [String] = []
    var interrupts = 0
    var stops = 0
  }

  let kind: StatementKind
  private let startError: InterpreterError?
  private let state = Locked(State())

  init(_ kind: StatementKind, startError: InterpreterError? = nil) {
    self.kind = kind
    self.startError = startError
  }

  var codes: [String] { state.withLock { $0.codes } }
  var interrupts: Int { state.withLock { $0.interrupts } }
  var stops: Int { state.withLock { $0.stops } }
  var isRunning: Bool { state.withLock { $0.waiting != nil } }

  func start() async throws(InterpreterError) {
    if let startError { throw startError }
  }

  /// Code `now ...` comes back at once, with itself as its output; `print ...` prints itself.
  func run(
    _ code: String, statement: StatementID, print: @escaping Printer
  ) async -> RunOutcome {
    if code.hasPrefix("print") { for character in code { print(String(character)) } }
    return await withCheckedContinuation { run in
      state.withLock {
        $0.codes.append(code)
        if !code.hasPrefix("now") { $0.waiting = run }
      }
      if code.hasPrefix("now") { run.resume(returning: .output(.success([.plain(code)]))) }
    }
  }

  /// Waits while `hang ...` is to be completed, until it is stopped.
  func complete(_ code: String, cursor: Int) async -> [String] {
    while code.hasPrefix("hang"), stops == 0 { await Task.yield() }
    return [String(code.prefix(cursor)), "b", "c"]
  }

  func complete(_ outcome: RunOutcome) {
    state.withLock { state in
      defer { state.waiting = nil }
      return state.waiting
    }?.resume(returning: outcome)
  }

  /// Code `interruptible ...` ends by it.
  func interrupt() async {
    let ends = state.withLock { state in
      state.interrupts += 1
      return state.codes.last?.hasPrefix("interruptible") == true
    }
    if ends { complete(.output(.success([.plain("interrupted")]))) }
  }

  func stop() async {
    state.withLock { $0.stops += 1 }
    complete(.died(reason: "stopped"))
  }
}

extension Interpreter {
  /// For tests that look at the outcome alone.
  func run(_ code: String, statement: StatementID) async -> RunOutcome {
    await run(code, statement: statement) { _ in }
  }
}

/// Everything that a watcher was told.
final class EventRecord: Sendable {
  private let events = Locked<[DriverEvent]>([])

  var all: [DriverEvent] { events.withLock { $0 } }
  var what: [DriverEvent.What] { all.map(\.what) }

  func add(_ event: DriverEvent) {
    events.withLock { $0.append(event) }
  }

  func isFinished(_ number: UInt64) -> Bool {
    what.contains {
      guard case .finished(let id, _, _) = $0 else { return false }
      return id.number == number
    }
  }
}
