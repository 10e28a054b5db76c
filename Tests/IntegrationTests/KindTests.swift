// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing

extension Integration {
  @Suite("Kinds in one session")
  struct KindTests {
    @Test(
      "Scala, Python and SQL share one SparkContext, and each starts when it is first used",
      arguments: Channel.allCases)
    func kinds(channel: Channel) async throws {
      try await ServerProcess.running(channel.setting) { server in
        // Neither kind is the other's: Scala's compiler starts in the middle of a session.
        let kind = channel == .dialIn ? "pyspark" : "spark"
        let session = try await server.session(CreateSession(kind: kind))
        let inPython = try await session.text("print(sc.applicationId)", kind: "pyspark")
        let inScala = try await session.text("print(sc.applicationId)", kind: "spark")
        #expect(!inPython.isEmpty)
        #expect(inScala == inPython)
        try await Self.scala(session)
        try await Self.views(session)
        try await Self.errors(session)
        let shown = try await session.client.session(session.reference)
        #expect(shown.kind == kind)
        #expect(shown.state == .idle)
        try await server.client.deleteSession(session.reference)
        await server.expectNoSessionProcess()
      }
    }

    private static func scala(_ session: LiveSession) async throws {
      #expect(try await value("1 + 1", in: session) == "Int = 2\n")
      let classes = """
        case class Person(name: String, age: Int)
        val people = Seq(Person("Ada", 36), Person("Alan", 41)).toDS()
        people.map(p => p.copy(age = p.age + 1)).map(_.age).reduce(_ + _)
        """
      #expect(try await value(classes, in: session) == "Int = 79\n")
      let definition = """
        def isPrime(n: Int): Boolean = {
          if (n < 2) false
          else !(2 to math.sqrt(n).toInt).exists(n % _ == 0)
        }

        sc.parallelize(1 to 100, 4)
          .filter(isPrime)
          .count()
        """
      #expect(try await value(definition, in: session) == "Long = 25\n")
      let closures = """
        val factor = sc.broadcast(3)
        val tripled = udf((n: Long) => n * factor.value)
        spark.range(4).select(tripled($"id")).as[Long].collect().sum
        """
      #expect(try await value(closures, in: session) == "Long = 18\n")
      #expect(try await session.text("// only words", kind: "spark") == "")
      #expect(try await session.text("println(\"Grüße, 世界 😀\")", kind: "spark") == "Grüße, 世界 😀\n")
    }

    private static func views(_ session: LiveSession) async throws {
      let view = """
        people.map(p => Person(p.name.toUpperCase, p.age)).createOrReplaceTempView("loud")
        """
      #expect(try await session.text(view, kind: "spark") == "")
      let rows = try await session.rows("SELECT name, age FROM loud ORDER BY age")
      #expect(rows.hasSuffix(#""data":[["ADA",36],["ALAN",41]]}"#), "\(rows)")
      let names = "[r.name for r in spark.table('loud').orderBy('name').collect()]"
      #expect(try await session.text(names, kind: "pyspark") == "['ADA', 'ALAN']")
      _ = try await session.text(
        "spark.range(5).createOrReplaceTempView('from_python')", kind: "pyspark")
      #expect(try await value("spark.table(\"from_python\").count()", in: session) == "Long = 5\n")
    }

    private static func errors(_ session: LiveSession) async throws {
      let missing = try await session.failure("nosuch", kind: "spark")
      #expect(missing.name == "Error")
      #expect(missing.value.hasSuffix("error: not found: value nosuch"))
      let division = try await session.failure("1 / 0", kind: "spark")
      #expect(division.value == "java.lang.ArithmeticException: / by zero")
      #expect(division.traceback.allSatisfy { $0.hasSuffix("\n") })
      let incomplete = try await session.failure("val x =", kind: "spark")
      #expect(incomplete.value == "incomplete statement")
      #expect(incomplete.traceback.isEmpty)
      #expect(try await value("21 * 2", in: session) == "Int = 42\n")
    }

    /// What the REPL says of the last value, without its name.
    private static func value(_ code: String, in session: LiveSession) async throws -> String {
      let text = try await session.text(code, kind: "spark")
      let line = try #require(text.split(separator: "\n").last)
      let parts = line.split(separator: ": ", maxSplits: 1)
      #expect(parts.first?.contains("res") == true, "\(text)")
      return "\(parts.last ?? "")\n"
    }
  }
}
