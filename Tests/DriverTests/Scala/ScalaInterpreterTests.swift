// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import TestSupport
internal import Testing
internal import Transport

/// The interpreter's side of the talk with the REPL, over a scripted gateway.
struct ScalaInterpreterTests {
  /// A REPL that answers each code with a result and with what it says of it.
  private final class PuppetREPL: Sendable {
    private struct State {
      var version: String
      var answers: [String: (result: String, said: String)] = [:]
      var codes: [String] = []
      var result = ""
      var said = ""
      var buffers = 0
    }

    private let state: Locked<State>

    init(version: String, _ answers: [String: (result: String, said: String)] = [:]) {
      state = Locked(State(version: version, answers: answers))
    }

    /// What the REPL was given, without the prelude.
    var codes: [String] {
      state.withLock { state in
        state.codes.filter { !$0.hasPrefix("import ") && !$0.hasPrefix("@transient") }
      }
    }

    func answer(to command: [String]) -> String? {
      if command.first == "i" { return "!yro20" }
      guard command.count > 2 else { return "!xsshort" }
      switch (command[0], command[2]) {
      case ("c", "versionNumberString"): return state.withLock { "!ys\($0.version)" }
      case ("c", "currentThread"), ("c", "getContextClassLoader"), ("c", "toURI"), ("c", "toURL"):
        return "!yro10"
      case ("c", "getURLs"): return "!yto11"
      case ("a", "o11"): return "!yi0"
      case ("r", _): return "!yro12"
      case ("c", "getBuffer"): return buffer()
      case ("c", "processArguments"), ("c", "embeddedDefaults"), ("c", "addURL"),
        ("c", "initializeSynchronous"), ("c", "initializeCompiler"), ("c", "setOutDirect"),
        ("c", "setErrDirect"), ("c", "setJobGroup"), ("c", "interrupt"):
        return "!yv"
      case ("c", "isInterrupted"), ("c", "interrupted"): return "!ybfalse"
      case ("c", "interpret"): return interpret(String(command[3].dropFirst()))
      case ("c", "toString"): return state.withLock { "!ys\($0.result)" }
      case ("c", "length") where command[1] == "o21": return "!yi0"
      case ("c", "length"): return state.withLock { "!yi\($0.said.utf16.count)" }
      case ("c", "substring"): return state.withLock { "!ys\($0.said)" }
      case ("c", "setLength"):
        state.withLock { $0.said = "" }
        return "!yv"
      default: return ScriptedSpark.answer(to: command)
      }
    }

    /// The first is that of the prints, the second that of the REPL's words.
    private func buffer() -> String {
      state.withLock { state in
        state.buffers += 1
        return "!yro\(20 + state.buffers)"
      }
    }

    private func interpret(_ escaped: String) -> String? {
      let code = escaped.replacing("\\n", with: "\n")
      return state.withLock { state in
        state.codes.append(code)
        let answer = state.answers[code] ?? ("Success", "")
        state.result = answer.result
        state.said = answer.said.replacing("\n", with: "\\n")
        return answer.result == "silence" ? nil : "!yro19"
      }
    }
  }

  private func withScala(
    _ repl: PuppetREPL, _ body: (ScalaInterpreter, ScriptedGateway) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "scala")
    let spark = ScriptedGateway(on: loop, script: repl.answer)
    let gateway = Gateway(loop: loop, secret: "secret") { await spark.dial() }
    let connection = try await gateway.open()
    let application = try await SparkApplication.start(through: gateway, on: connection)
    let scala = ScalaInterpreter(application)
    var problem: (any Error)?
    do {
      try await scala.start()
      try await body(scala, spark)
    } catch { problem = error }
    await scala.stop()
    await connection.close()
    await loop.stop()
    if let problem { throw problem }
  }

  @Test(
    "The REPL is made as the version of Scala wants it",
    arguments: [("2.12.18", "initializeSynchronous"), ("2.13.16", "initializeCompiler")])
  func versions(version: String, method: String) async throws {
    try await withScala(PuppetREPL(version: version)) { _, spark in
      let calls = spark.commands.compactMap { $0.count > 2 ? $0[2] : nil }
      #expect(calls.filter { $0.hasPrefix("initialize") } == [method])
      // Spark must know the folder of the classes before it makes its context.
      let property = calls.firstIndex(of: "setProperty")
      let context = calls.firstIndex(of: "getOrCreate")
      let (before, after) = (try #require(property), try #require(context))
      #expect(before < after)
    }
  }

  @Test("Pieces run one by one until one fails; an incomplete one is given the next with it")
  func pieces() async throws {
    let repl = PuppetREPL(
      version: "2.12.18",
      [
        "a": ("Success", "a: Int = 1\n"), "import": ("Incomplete", ""),
        "import\nb": ("Success", "import b\n"), "bad": ("Error", "<console>:1: error: bad\n  ^\n"),
      ])
    try await withScala(repl) { scala, spark in
      let good = await scala.run("a\n// then\nimport\nb", statement: StatementID(7))
      #expect(good == .output(.success([.plain("a: Int = 1\nimport b\n")])))
      #expect(repl.codes == ["a", "import", "import\nb"])
      #expect(spark.commands.contains { $0.contains("setJobGroup") && $0.contains("s7") })
      let failed = await scala.run("bad\nnever", statement: StatementID(8))
      let failure = StatementFailure(
        name: "Error", value: "<console>:1: error: bad", traceback: ["  ^\n"])
      #expect(failed == .output(.failure(failure)))
      #expect(!repl.codes.contains("never"))
      let incomplete = await scala.run("import", statement: StatementID(9))
      #expect(
        incomplete
          == .output(.failure(StatementFailure(name: "Error", value: "incomplete statement"))))
      #expect(
        await scala.run(" // nothing", statement: StatementID(10))
          == .output(.success([.plain("")])))
    }
  }

  @Test("A stop ends the statement that runs, and the interpreter takes no more")
  func stop() async throws {
    let repl = PuppetREPL(version: "2.13.16", ["wait": ("silence", "")])
    try await withScala(repl) { scala, spark in
      let running = Task { await scala.run("wait", statement: StatementID(0)) }
      #expect(await eventually { repl.codes == ["wait"] })
      await scala.interrupt()
      #expect(spark.commands.contains { $0.contains("interrupt") })
      await scala.stop()
      guard case .died = await running.value else {
        Issue.record("\(await running.value)")
        return
      }
      guard case .died = await scala.run("1", statement: StatementID(1)) else {
        Issue.record("it runs on")
        return
      }
    }
  }

  @Test("An interrupt while nothing runs changes nothing")
  func idleInterrupt() async throws {
    let repl = PuppetREPL(version: "2.12.18")
    try await withScala(repl) { scala, spark in
      // Nothing runs: nothing is sent.
      await scala.interrupt()
      _ = await scala.run("1", statement: StatementID(0))
      #expect(!spark.commands.contains { $0.contains("interrupt") || $0.contains("interrupted") })
    }
  }
}
