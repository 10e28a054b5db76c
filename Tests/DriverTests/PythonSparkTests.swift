// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import Testing
internal import Transport

@Suite(
  "Python with a real Spark", .enabled(if: SparkJVM.home != nil), .tags(.spark), .serialized,
  .realSpark)
struct PythonSparkTests {
  private let jvm: SparkJVM

  init() throws {
    jvm = try #require(SparkJVM.current)
  }

  private struct Session {
    let python: PythonInterpreter
    let sql: SQLInterpreter
    let application: SparkApplication
    let connection: GatewayConnection

    func text(_ code: String, _ number: UInt64 = 0) async -> String? {
      let outcome = await python.run(code, statement: StatementID(number))
      guard case .output(.success(let parts)) = outcome, case .text(let text) = parts.first?.content
      else {
        Issue.record("\(code): \(outcome)")
        return nil
      }
      return text
    }
  }

  private func withPython(_ body: (Session) async throws -> Void) async throws {
    let connection = try await jvm.gateway.open()
    let application = try await SparkApplication.start(through: jvm.gateway, on: connection)
    let python = PythonInterpreter(
      PythonOptions(environment: try jvm.pythonEnvironment()), on: jvm.loop)
    let sql = SQLInterpreter(application, rowsMax: 1_000)
    var problem: (any Error)?
    do {
      try await python.start()
      try await sql.start()
      try await body(
        Session(python: python, sql: sql, application: application, connection: connection))
    } catch {
      problem = error
    }
    await python.stop()
    await sql.stop()
    await connection.close()
    if let problem { throw problem }
  }

  @Test("Lambdas and functions of the session run on executors: a word count over RDDs")
  func wordCount() async throws {
    try await withPython { session in
      let code = """
        def words(line):
          return line.split()

        counts = (sc.parallelize(["a b a", "b a c"], 3).flatMap(words)
          .map(lambda word: (word, 1)).reduceByKey(lambda x, y: x + y))
        sorted(counts.collect())
        """
      #expect(await session.text(code) == "[('a', 3), ('b', 2), ('c', 1)]")
    }
  }

  @Test("UDFs, broadcasts and accumulators work over statements")
  func closures() async throws {
    try await withPython { session in
      #expect(
        await session.text(
          """
          from pyspark.sql.functions import udf, col
          factor = sc.broadcast(10)
          seen = sc.accumulator(0)

          @udf("long")
          def scaled(x):
            seen.add(1)
            return x * factor.value
          """) == "")
      let code = "[row[0] for row in spark.range(3).select(scaled(col('id'))).collect()]"
      #expect(await session.text(code) == "[0, 10, 20]")
      #expect(await session.text("seen.value") == "3")
    }
  }

  @Test("Views are shared with SQL by name, both ways, and the names of Livy are there")
  func views() async throws {
    try await withPython { session in
      #expect(
        await session.text("spark.range(3).createOrReplaceTempView('from_python')") == "")
      let outcome = await session.sql.run(
        "create or replace temp view from_sql as select id + 1 as n from from_python",
        statement: StatementID(1))
      guard case .output(.success) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(
        await session.text("[r.n for r in spark.table('from_sql').orderBy('n').collect()]")
          == "[1, 2, 3]")
      #expect(
        await session.text("sqlContext.sql('select count(*) from from_sql').first()[0]") == "3")
      #expect(
        await session.text("spark.builder.getOrCreate() is spark, spark.sparkContext is sc")
          == "(True, True)")
      #expect(
        await session.text("print(sc.applicationId)") == session.application.facts.applicationID)
    }
  }

  @Test("Each statement runs in the job group that its id names, in Spark's files folder")
  func jobGroup() async throws {
    try await withPython { session in
      let code = "sc.getLocalProperty('spark.jobGroup.id')"
      #expect(await session.text(code, 41) == "'41'")
      #expect(await session.text(code, 42) == "'42'")
      #expect(
        await session.text(
          "import os\nfrom pyspark import SparkFiles\n"
            + "os.path.samefile(os.getcwd(), SparkFiles.getRootDirectory())") == "True")
      #expect(await session.text("sc.range(5).count()", 43) == "5")
      let code2 = "list(sc.statusTracker().getJobIdsForGroup('43')) != []"
      #expect(await session.text(code2, 44) == "True")
    }
  }

  @Test("Spark's errors are told with Spark's class and words")
  func errors() async throws {
    try await withPython { session in
      let missing = await session.python.run(
        "spark.table('no_such_table')", statement: StatementID(0))
      guard case .output(.failure(let failure)) = missing else {
        Issue.record("\(missing)")
        return
      }
      #expect(failure.name == "AnalysisException")
      #expect(failure.value.contains("TABLE_OR_VIEW_NOT_FOUND"))
      #expect(failure.traceback.first == "Traceback (most recent call last):\n")

      let broken = await session.python.run(
        "sc.parallelize([0]).map(lambda x: 1 / x).collect()", statement: StatementID(1))
      guard case .output(.failure(let failure)) = broken else {
        Issue.record("\(broken)")
        return
      }
      #expect(failure.name == "Py4JJavaError")
      #expect(failure.value.contains("ZeroDivisionError"))
    }
  }

  @Test("Python's end leaves the JVM and its context alone, and another Python can attach")
  func twice() async throws {
    try await withPython { session in
      guard
        case .died = await session.python.run("import os; os._exit(1)", statement: StatementID(0))
      else {
        Issue.record("Python lives on")
        return
      }
      try await session.application.prove(on: session.connection)
    }
    try await withPython { session in
      #expect(await session.text("sc.range(3).count()") == "3")
    }
  }
}
