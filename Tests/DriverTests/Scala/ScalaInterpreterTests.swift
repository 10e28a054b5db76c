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
      /// UTF-16 units in the buffer of prints.
      var printed: [UInt16] = []
      var stack = "[java.lang.Thread.sleep]"
      var stopAnswer = "!yv"
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

    /// Where the interpreting thread is, and what Java says when it shall be stopped.
    func set(stack: String, stopAnswer: String = "!yv") {
      state.withLock { state in
        state.stack = stack
        state.stopAnswer = stopAnswer
      }
    }

    func print(_ units: some Sequence<UInt16>) {
      state.withLock { $0.printed += units }
    }

    func answer(to command: [String]) -> String? {
      if command.count > 1, command[1] == "o21" { return answerOfPrints(command) }
      if let answer = answerToCompletion(command) ?? answerToStop(command) { return answer }
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
      case ("c", "length"): return state.withLock { "!yi\($0.said.utf16.count)" }
      case ("c", "substring"): return state.withLock { "!ys\($0.said)" }
      case ("c", "setLength"):
        state.withLock { $0.said = "" }
        return "!yv"
      default: return ScriptedSpark.answer(to: command)
      }
    }

    /// Candidates for `x.`; in 2.13 by a path of their own, and none for code `bad`.
    private func answerToCompletion(_ command: [String]) -> String? {
      guard command.count > 2, command[0] == "c" else { return nil }
      switch command[2] {
      case "complete", "candidates", "presentationCompile", "right", "get", "_2", "take":
        guard command[1] != "o4" else { return nil }
        return command.contains("sbad") ? "!yro31" : "!yro30"
      case "isRight": return command[1] == "o31" ? "!ybfalse" : "!ybtrue"
      case "cleanup": return "!yv"
      case "mkString": return "!ysmap\\nmax\\nmap"
      default: return nil
      }
    }

    private func answerOfPrints(_ command: [String]) -> String? {
      let numbers = command.dropFirst(3).compactMap { Int($0.dropFirst()) }
      return state.withLock { state in
        switch command[2] {
        case "length": return "!yi\(state.printed.count)"
        case "codePointBefore": return "!yi\(state.printed[numbers[0] - 1])"
        case "substring":
          return "!ys" + String(decoding: state.printed[numbers[0]..<numbers[1]], as: UTF16.self)
        case "setLength":
          state.printed = []
          return "!yv"
        default: return "!yv"
        }
      }
    }

    private func answerToStop(_ command: [String]) -> String? {
      if command.first == "p" { return state.withLock { "!ys\($0.stack)" } }
      switch command.count > 2 ? command[2] : "" {
      case "getStackTrace": return "!yto40"
      case "setStackTrace": return "!yv"
      case "stop" where command[1] == "o10": return state.withLock { $0.stopAnswer }
      case "clearProperty": return "!ys=[1]"
      default: return nil
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
    _ repl: PuppetREPL, limits: ScalaLimits = ScalaLimits(),
    _ body: (ScalaInterpreter, ScriptedGateway) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "scala")
    let spark = ScriptedGateway(on: loop, script: repl.answer)
    let gateway = Gateway(loop: loop, secret: "secret") { await spark.dial() }
    let connection = try await gateway.open()
    let application = try await SparkApplication.start(through: gateway, on: connection)
    let scala = ScalaInterpreter(application, limits: limits)
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

  @Test("What code prints is told while it runs, in whole characters")
  func printing() async throws {
    let repl = PuppetREPL(version: "2.12.18", ["wait": ("silence", "")])
    try await withScala(repl) { scala, _ in
      let told = Locked("")
      let running = Task {
        await scala.run("wait", statement: StatementID(0)) { text in told.withLock { $0 += text } }
      }
      #expect(await eventually { repl.codes == ["wait"] })
      let units = Array("aé😀".utf16)
      repl.print(units.dropLast())
      #expect(await eventually { told.withLock { $0 } == "aé" })
      repl.print(units.suffix(1))
      #expect(await eventually { told.withLock { $0 } == "aé😀" })
      await scala.stop()
      _ = await running.value
    }
  }

  @Test("What was not told while code ran is told at its end, values too")
  func rest() async throws {
    let repl = PuppetREPL(version: "2.12.18", ["x": ("Success", "x: Int = 1\n")])
    try await withScala(repl) { scala, _ in
      let told = Locked("")
      repl.print("out\u{a0}".utf16)
      let outcome = await scala.run("x", statement: StatementID(0)) { text in
        told.withLock { $0 += text }
      }
      #expect(outcome == .output(.success([.plain("out\u{a0}x: Int = 1\n")])))
      #expect(told.withLock { $0 } == "out\u{a0}x: Int = 1\n")
    }
  }

  @Test("Completion asks the compiler in the way of each version, and tells each name once")
  func completion() async throws {
    for version in ["2.12.18", "2.13.16"] {
      try await withScala(PuppetREPL(version: version)) { scala, spark in
        #expect(await scala.complete("é x.", cursor: 99) == ["map", "max"])
        let method = version.hasPrefix("2.12") ? "complete" : "presentationCompile"
        let asked = try #require(spark.commands.first { $0.count > 2 && $0[2] == method })
        // Behind the end there is no place.
        #expect(asked.contains("sé x.") && asked.contains("i4"))
        if version.hasPrefix("2.13") {
          #expect(await scala.complete("bad", cursor: -1).isEmpty)
          #expect(spark.commands.contains { $0.contains("cleanup") })
        }
      }
    }
  }

  @Test("While a statement runs there is no completion")
  func busyCompletion() async throws {
    let repl = PuppetREPL(version: "2.12.18", ["wait": ("silence", "")])
    try await withScala(repl) { scala, _ in
      let running = Task { await scala.run("wait", statement: StatementID(0)) }
      #expect(await eventually { repl.codes == ["wait"] })
      #expect(await scala.complete("x.", cursor: 2).isEmpty)
      await scala.stop()
      _ = await running.value
      #expect(await scala.complete("x.", cursor: 2).isEmpty)
    }
  }

  @Test("Magics: the helper is compiled once, the value is taken from where it leaves it")
  func magics() async throws {
    let question = "livyMagics.json(1000, 8388608,\nx\n)"
    let repl = PuppetREPL(
      version: "2.12.18",
      [
        "val x": ("Success", "x: Int = 1\n"),
        "livyMagics.json(1000, 8388608,\nnope\n)": (
          "Error", "<console>:1: error: not found: value nope\n"
        ),
      ])
    try await withScala(repl) { scala, spark in
      let part = OutputPart(mimeType: "application/json", content: .json("[1]"))
      for number in 0..<2 as Range<UInt64> {
        #expect(
          await scala.run("val x\n%json x", statement: StatementID(number))
            == .output(.success([part])))
      }
      #expect(repl.codes.count { $0.contains("object livyMagics") } == 1)
      #expect(repl.codes.count { $0 == question } == 2)
      #expect(
        await scala.run("%json nope", statement: StatementID(3))
          == .output(
            .failure(StatementFailure(name: "NameError", value: "Value nope does not exist"))))
      #expect(
        await scala.run("%nope x\nval x", statement: StatementID(4))
          == .output(
            .failure(
              StatementFailure(name: "UnknownMagic", value: "unknown magic command 'nope'"))))
      #expect(
        spark.commands.contains { $0.contains("clearProperty") && $0.contains("slivy.magic") })
    }
  }

  private static var impatient: ScalaLimits {
    var limits = ScalaLimits()
    limits.lastResortDelay = .zero
    return limits
  }

  private func count(_ method: String, _ spark: ScriptedGateway) -> Int {
    spark.commands.count { $0.count > 2 && $0[1] == "o10" && $0[2] == method }
  }

  @Test("The last resort is for a thread in the user's code; another is interrupted")
  func lastResort() async throws {
    let repl = PuppetREPL(version: "2.12.18", ["loop": ("silence", "")])
    try await withScala(repl, limits: Self.impatient) { scala, spark in
      let running = Task { await scala.run("loop", statement: StatementID(0)) }
      #expect(await eventually { repl.codes == ["loop"] })
      await scala.interrupt()
      #expect(count("interrupt", spark) == 1)
      repl.set(stack: "[scala.tools.nsc.Global.compile, scala.tools.nsc.interpreter.IMain]")
      await scala.interrupt()
      #expect(count("interrupt", spark) == 2)
      #expect(count("stop", spark) == 0)
      repl.set(stack: "[$line14.$read$$iw.<init>, scala.tools.nsc.interpreter.IMain]")
      await scala.interrupt()
      #expect(count("stop", spark) == 1)
      await scala.stop()
      _ = await running.value
    }
  }

  @Test("A Java that cannot stop threads is asked once")
  func noLastResort() async throws {
    let repl = PuppetREPL(version: "2.13.16", ["loop": ("silence", "")])
    try await withScala(repl, limits: Self.impatient) { scala, spark in
      repl.set(stack: "[$line14.$read]", stopAnswer: "!xsno such method")
      let running = Task { await scala.run("loop", statement: StatementID(0)) }
      #expect(await eventually { repl.codes == ["loop"] })
      for _ in 0..<4 { await scala.interrupt() }
      #expect(count("stop", spark) == 1)
      #expect(count("interrupt", spark) == 3)
      await scala.stop()
      _ = await running.value
    }
  }
}
