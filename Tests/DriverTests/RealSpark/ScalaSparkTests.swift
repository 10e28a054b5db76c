// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import TestSupport
internal import Testing
internal import Transport

@Suite(
  "Scala with a real Spark", .enabled(if: SparkJVM.home != nil), .tags(.spark), .serialized)
struct ScalaSparkTests {
  /// One REPL in a JVM of its own: the names of its classes are used once in a JVM.
  private struct Session: Sendable {
    let scala: ScalaInterpreter
    let sql: SQLInterpreter
    let application: SparkApplication

    func text(
      _ code: String, _ number: UInt64 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> String {
      let outcome = await scala.run(code, statement: StatementID(number))
      guard case .output(.success(let parts)) = outcome, case .text(let text) = parts.first?.content
      else {
        Issue.record("\(code): \(outcome)", sourceLocation: sourceLocation)
        return ""
      }
      #expect(parts.map(\.mimeType) == ["text/plain"], sourceLocation: sourceLocation)
      return text.replacing("val res", with: "res")
    }

    /// The one part of a result that a magic shows.
    func json(
      _ code: String, type: String = "application/json",
      sourceLocation: SourceLocation = #_sourceLocation
    ) async -> String {
      let outcome = await scala.run(code, statement: StatementID(0))
      guard case .output(.success(let parts)) = outcome, case .json(let text) = parts.first?.content
      else {
        Issue.record("\(code): \(outcome)", sourceLocation: sourceLocation)
        return ""
      }
      #expect(parts.map(\.mimeType) == [type], sourceLocation: sourceLocation)
      return text
    }

    func failure(
      _ code: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> StatementFailure {
      let outcome = await scala.run(code, statement: StatementID(0))
      guard case .output(.failure(let failure)) = outcome else {
        Issue.record("\(code): \(outcome)", sourceLocation: sourceLocation)
        return StatementFailure(name: "", value: "")
      }
      #expect(failure.name == "Error", sourceLocation: sourceLocation)
      return failure
    }
  }

  private func withScala(
    limits: ScalaLimits = ScalaLimits(), _ body: @Sendable (Session) async throws -> Void
  ) async throws {
    try await SparkJVM.with { jvm in
      let connection = try await jvm.gateway.open()
      let application = try await SparkApplication.start(through: jvm.gateway, on: connection)
      let scala = ScalaInterpreter(application, limits: limits)
      let sql = SQLInterpreter(application, rowsMax: 1_000)
      // The order in which a session of kind sql does it: SQL long before Scala.
      try await sql.start()
      try await application.prove(on: connection)
      try await scala.start()
      try await body(Session(scala: scala, sql: sql, application: application))
      await scala.stop()
      await sql.stop()
      await connection.close()
    }
  }

  @Test("Values, definitions, classes on executors, errors: a long session")
  func session() async throws {
    try await withScala { session in
      await Self.values(session)
      await Self.classes(session)
      await Self.closures(session)
      await Self.errors(session)
      try await Self.views(session)
      await Self.groups(session)
      await Self.printing(session)
      await Self.magics(session)
      await Self.magicErrors(session)
      await Self.completion(session)
    }
  }

  private static func values(_ session: Session) async {
    #expect(await session.text("1 + 1") == "res0: Int = 2\n")
    #expect(await session.text("println(\"Grüße 😀\")\n\"a\" * 2") == "Grüße 😀\nres2: String = aa\n")
    #expect(await session.text("// nothing but words\n/* here */") == "")
    #expect(
      await session.text("def twice(n: Int) = {\n  n * 2\n}\n\n// so\ntwice(21)").hasSuffix(
        "Int = 42\n"))
    #expect(
      await session.text("val sum = Seq(1, 2)\n  .map(_ + 1)\n  .sum").hasSuffix("sum: Int = 5\n"))
    #expect(
      await session.text("val late =\n  7 +\n  0\nif (late > 0)\n  late + 1").hasSuffix(
        "AnyVal = 8\n")
    )
    #expect(await session.text("Console.err.println(\"both\")") == "both\n")
  }

  private static func classes(_ session: Session) async {
    // On one line with its use, with a companion, and over lines.
    #expect(
      await session.text("case class P(id: Int, name: String); Seq(P(1, \"a\")).toDS().collect()")
        .hasSuffix("Array[P] = Array(P(1,a))\n"))
    let map = "Seq(P(1, \"a\"), P(2, \"b\")).toDS().map(p => p.copy(id = p.id * 10)).collect()"
    #expect(await session.text(map).hasSuffix("Array[P] = Array(P(10,a), P(20,b))\n"))
    // The class that comes back from tasks is the one that the REPL knows.
    let back = "sc.parallelize(1 to 3, 2).map(i => P(i, \"x\")).collect().map(_.id).sum"
    #expect(await session.text(back).hasSuffix("Int = 6\n"))
    #expect(
      await session.text(
        "sc.parallelize(Seq(P(1, \"k\") -> 2, P(1, \"k\") -> 3)).reduceByKey(_ + _).collect()"
      )
      .contains("Array((P(1,k),5))"))
    let companion = """
      case class Q(n: Int)
      object Q {
        def of(text: String): Q = Q(text.length)
      }
      Seq("a", "bcd").toDS().map(Q.of).map(_.n).collect().sum
      """
    #expect(await session.text(companion).hasSuffix("Int = 4\n"))
  }

  private static func closures(_ session: Session) async {
    let code = """
      val factor = sc.broadcast(10)
      val seen = sc.longAccumulator
      val scaled = udf((x: Long) => { seen.add(1); x * factor.value })
      val rows = spark.range(3).select(scaled($"id")).as[Long].collect().mkString(",")
      """
    #expect(await session.text(code).hasSuffix("rows: String = 0,10,20\n"))
    #expect(await session.text("seen.value").hasSuffix("Long = 3\n"))
    #expect(await session.text("sql(\"select 6 * 7\").as[Int].head").hasSuffix("Int = 42\n"))
    #expect(await session.text("spark.range(2).show()").contains("|  0|"))
    #expect(
      await session.text("sc.applicationId")
        .hasSuffix("String = \(session.application.facts.applicationID)\n"))
  }

  private static func errors(_ session: Session) async {
    let missing = await session.failure("val before = 1\nnosuch")
    #expect(missing.value.hasSuffix("error: not found: value nosuch"))
    #expect(missing.traceback.contains { $0.hasSuffix("^\n") })
    // What stands before the wrong line has run.
    #expect(await session.text("before").hasSuffix("Int = 1\n"))
    let division = await session.failure("{ println(\"seen\"); 1 / 0 }")
    #expect(division.value == "java.lang.ArithmeticException: / by zero")
    #expect(division.traceback.first == "seen\n")
    #expect(division.traceback.last?.hasSuffix("elided\n") == true)
    let task = await session.failure("sc.parallelize(Seq(0)).map(1 / _).collect()")
    #expect(task.value.hasPrefix("org.apache.spark.SparkException: "))
    #expect(task.traceback.contains { $0.contains("/ by zero") })
    for code in ["val x =", "def f = {\n", "\"\"\" text", "if (true)"] {
      let failure = await session.failure(code)
      #expect(failure.value == "incomplete statement", "\(code)")
      #expect(failure.traceback.isEmpty)
    }
    #expect(await session.failure("1 }").value.contains("error: "))
    let deep = await session.failure("def f(n: Int): Int = 1 + f(n + 1)\nf(0)")
    #expect(deep.value == "java.lang.StackOverflowError")
    #expect(await session.text("1").hasSuffix("Int = 1\n"))
  }

  private static func views(_ session: Session) async throws {
    let view =
      "Seq(P(1, \"a\"), P(2, \"b\")).toDS().map(p => P(p.id + 1, p.name)).createOrReplaceTempView(\"moved\")"
    #expect(await session.text(view) == "")
    // The plan holds classes of the REPL: SQL's own thread has to find them.
    let outcome = await session.sql.run("select sum(id) as s from moved", statement: StatementID(7))
    guard case .output(.success(let parts)) = outcome, case .json(let text) = parts.first?.content
    else { throw Py4JError(.unexpectedValue, "\(outcome)") }
    #expect(text.hasSuffix("[[5]]}"))
  }

  private static func groups(_ session: Session) async {
    let code = "sc.getLocalProperty(\"spark.jobGroup.id\")"
    #expect(await session.text(code, 41).hasSuffix("String = 41\n"))
    #expect(await session.text(code, 42).hasSuffix("String = 42\n"))
  }

  private static func printing(_ session: Session) async {
    let told = Locked("")
    let running = Task {
      await session.scala.run(
        "println(\"first 😀\"); Thread.sleep(600000)", statement: StatementID(9)
      ) { text in told.withLock { $0 += text } }
    }
    #expect(await eventually { told.withLock { $0 } == "first 😀\n" })
    await session.scala.interrupt()
    guard case .output(.failure(let failure)) = await running.value else {
      Issue.record("\(await running.value)")
      return
    }
    #expect(failure.traceback.first == "first 😀\n")
  }

  private static func magics(_ session: Session) async {
    #expect(
      await session.json("val m = Map(\"a\" -> 1, \"é\" -> 2)\n%json m") == #"{"a":1,"é":2}"#)
    let values = """
      val some = Seq(Some(1), None)
      val rows = Seq(P(1, "a"), P(2, null)).toDS()
      val wide = (1L, 1.5, BigDecimal("1.50"), 'c', Double.NaN, java.sql.Date.valueOf("2024-01-02"))
      %json (some, rows, wide, Array(1, 2), spark.range(2).toDF("n"), Right(true))
      """
    #expect(
      await session.json(values)
        == #"{"_1":[1,null],"_2":[{"id":1,"name":"a"},{"id":2,"name":null}],"#
        + #""_3":{"_1":1,"_2":1.5,"_3":1.50,"_4":"c","_5":"NaN","_6":"2024-01-02"},"#
        + #""_4":[1,2],"_5":[{"n":0},{"n":1}],"_6":{"value":true}}"#)
    let type = "application/vnd.livy.table.v1+json"
    #expect(
      await session.json("%table rows", type: type)
        == #"{"headers":[{"name":"id","type":"BIGINT_TYPE"},{"name":"name","type":"STRING_TYPE"}],"#
        + #""data":[[1,"a"],[2,null]]}"#)
    let types = """
      val late = Seq(Seq(null, 1), Seq(true, 2))
      %table late.map(_ ++ Seq(0.5, BigDecimal(1), java.time.Instant.EPOCH, Seq(1), Map("k" -> 1)))
      """
    #expect(
      await session.json(types, type: type)
        == #"{"headers":[{"name":"0","type":"BOOLEAN_TYPE"},{"name":"1","type":"BIGINT_TYPE"},"#
        + #"{"name":"2","type":"DOUBLE_TYPE"},{"name":"3","type":"DECIMAL_TYPE"},"#
        + #"{"name":"4","type":"TIMESTAMP_TYPE"},{"name":"5","type":"ARRAY_TYPE"},"#
        + #"{"name":"6","type":"MAP_TYPE"}],"#
        + #""data":[[null,1,0.5,1,"1970-01-01T00:00:00Z",[1],{"k":1}],"#
        + #"[true,2,0.5,1,"1970-01-01T00:00:00Z",[1],{"k":1}]]}"#)
    // Only so many rows are taken of what Spark holds.
    #expect(
      await session.json("%json sc.range(0, 1000000000L)").split(separator: ",").count == 1_000)
    #expect(await session.text("%json m\nval behind = 1").hasSuffix("behind: Int = 1\n"))
  }

  private static func magicErrors(_ session: Session) async {
    for (code, name, value) in [
      ("%json nope", "NameError", "Value nope does not exist"),
      ("%table", "NameError", "Value  does not exist"),
      ("1\n%foo m", "UnknownMagic", "unknown magic command 'foo'"),
      ("%", "UnknownMagic", "magic command not specified"),
      ("%table Seq(Seq(1), Seq(\"a\"))", "TypeError", "table rows have different types"),
      ("%json Iterator.from(1)", "Error", "the value is too large to be shown"),
      ("%json Seq(1, 0).map(1 / _)", "Error", "java.lang.ArithmeticException: / by zero"),
    ] {
      let outcome = await session.scala.run(code, statement: StatementID(0))
      guard case .output(.failure(let failure)) = outcome else {
        Issue.record("\(code): \(outcome)")
        continue
      }
      #expect(failure.name == name)
      #expect(failure.value == value)
    }
  }

  private static func completion(_ session: Session) async {
    func candidates(_ code: String, at cursor: Int? = nil) async -> [String] {
      await session.scala.complete(code, cursor: cursor ?? code.utf16.count)
    }
    #expect(await candidates("sc.paral") == ["parallelize"])
    #expect(await candidates("P(1, null).cop") == ["copy"])
    #expect(await candidates("val n = 1\nrows.isEm + n", at: 19) == ["isEmpty"])
    #expect(await candidates("// sc.para").isEmpty)
    #expect(await candidates("\"", at: -5).count <= ScalaLimits().candidatesMax)
    // It leaves nothing behind.
    #expect(await session.text("1 + 1").hasSuffix("Int = 2\n"))
  }

  @Test("What is printed beyond the limit is dropped, and the output says so")
  func limit() async throws {
    var limits = ScalaLimits()
    limits.outputUnitsMax = 1_000
    try await withScala(limits: limits) { session in
      let text = await session.text("print(\"é\" * 100000)\n\"unseen\"")
      #expect(
        text == String(repeating: "é", count: 1_000)
          + "\n... [output cut by Livy after 1000 characters]\n")
      #expect(await session.text("1 + 1").hasSuffix("Int = 2\n"))
    }
  }

  @Test("An interrupt ends what waits, the last resort what computes; variables live on")
  func interrupts() async throws {
    try await withScala { session in
      let waiting = Task { await session.failure("println(\"on\"); Thread.sleep(600000)") }
      await Self.interrupt(session, until: waiting)
      #expect(await waiting.value.value.hasPrefix("java.lang.InterruptedException"))
      #expect(await session.text("Thread.currentThread.isInterrupted").hasSuffix("= false\n"))
      #expect(await session.text("val kept = 41").hasSuffix("kept: Int = 41\n"))
      let loop = "var n = 0L; while (n >= 0) n = if (n < 1000) n + 1 else 0"
      let busy = Task { await session.scala.run(loop, statement: StatementID(1)) }
      await Self.interrupt(session, until: busy)
      guard case .output(.failure(let failure)) = await busy.value else {
        Issue.record("\(await busy.value)")
        return
      }
      #expect(failure.value.contains("ThreadDeath"))
      #expect(await session.text("kept + 1").hasSuffix("Int = 42\n"))
      #expect(await session.text("sc.range(0, 3).count").hasSuffix("Long = 3\n"))
      // When nothing runs, nothing happens.
      await session.scala.interrupt()
      #expect(await session.text("Thread.sleep(1); 3").hasSuffix("Int = 3\n"))
    }
  }

  /// Interrupts at intervals, as the host does, until the statement has ended.
  private static func interrupt<Value>(_ session: Session, until task: Task<Value, Never>) async {
    let ended = Locked(false)
    let watching = Task {
      _ = await task.value
      ended.withLock { $0 = true }
    }
    // Code that computes is compiled and begins within the first interval.
    while !ended.withLock({ $0 }) {
      for _ in 0..<15 where !ended.withLock({ $0 }) {
        try? await Task.sleep(for: .milliseconds(100))
      }
      await session.scala.interrupt()
    }
    await watching.value
  }
}
