// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing

extension Integration {
  @Suite("Code in a session")
  struct InterpreterTests {
    @Test("Python, SQL and errors answer as Livy's contract says", arguments: Channel.allCases)
    func contract(channel: Channel) async throws {
      // A name instead of an address: only the JVM can resolve it.
      var settings = channel.setting
      if channel == .dialIn { settings["livy.rsc.launcher.address"] = "localhost" }
      try await ServerProcess.running(settings) { server in
        let session = try await server.startingSession()
        try await Self.stateRunsAhead(session)
        try await Self.python(session)
        try await Self.errors(session)
        try await Self.sql(session)
        try await Self.shownFields(session)
        try await Self.statements(session)
        try await server.client.deleteSession(session.reference)
        await server.expectNoSessionProcess()
        await #expect(throws: ClientError.self) {
          try await server.client.session(session.reference)
        }
      }
    }

    /// A session that was seen idle takes a statement at once.
    private static func stateRunsAhead(_ session: LiveSession) async throws {
      let seen = States()
      let ready = try await session.client.waitUntilReady(
        session.reference, within: .seconds(240)
      ) { await seen.add($0) }
      #expect(ready.state == .idle)
      let phases = await seen.last?.phases ?? []
      #expect(phases.map(\.name) == ["submitting", "accepted", "connected", "ready"])
      #expect(phases.map(\.at) == phases.map(\.at).sorted())
      #expect(try await session.text("1+1") == "2")
      // The answer is there no sooner than the session is free again.
      #expect(try await session.client.session(session.reference).state == .idle)
    }

    private static func python(_ session: LiveSession) async throws {
      #expect(try await session.text("spark.range(1000).count()") == "1000")
      let words = """
        lines = sc.parallelize(['a b a', 'b a c'], 3)
        counts = lines.flatMap(str.split).map(lambda word: (word, 1)).reduceByKey(lambda x, y: x + y)
        sorted(counts.collect())
        """
      #expect(try await session.text(words) == "[('a', 3), ('b', 2), ('c', 1)]")
      let sum = "sc.parallelize(range(1, 101), 4).map(lambda n: n * n).reduce(lambda x, y: x + y)"
      #expect(try await session.text(sum) == "338350")
      #expect(
        try await session.text("print('one')\nprint('two  ')\n'three'") == "one\ntwo  \n'three'")
      #expect(try await session.text("print('end  \\n\\n')") == "end")
      #expect(try await session.text("x = 7") == "")
      #expect(try await session.text("x") == "7")
      #expect(try await session.text("''") == "''")
      #expect(try await session.text("print('Grüße, 世界 😀')") == "Grüße, 世界 😀")
      #expect(try await session.text("'é☃' + chr(0x1F600)") == "'é☃😀'")
      #expect(
        try await session.text("def twice(n):\n  return 2 * n\n\ntwice(21)") == "42")
      #expect(try await session.text("len('x' * 3000000)") == "3000000")
      #expect(try await session.text("print('y' * 1000000)").utf8.count == 1_000_000)
    }

    private static func errors(_ session: LiveSession) async throws {
      let division = try await session.failure("print('seen')\n1 / 0")
      #expect(division.name == "ZeroDivisionError")
      #expect(division.value == "division by zero")
      #expect(division.traceback.first == "Traceback (most recent call last):\n")
      #expect(division.traceback.allSatisfy { $0.hasSuffix("\n") })
      #expect(!division.traceback.joined().contains("<module>"))
      let nested = try await session.failure("def broken():\n  raise KeyError('é')\n\nbroken()")
      #expect(nested.name == "KeyError")
      #expect(nested.value == "'é'")
      #expect(nested.traceback.joined().contains("File \"<stdin>\", line 2, in broken"))
      let syntax = try await session.failure("y = 1\ny = = 2")
      #expect(syntax.name == "SyntaxError")
      #expect(!syntax.traceback.joined().contains("Traceback"))
      // Nothing of the block ran.
      #expect(try await session.failure("y").name == "NameError")
      let analysis = try await session.failure("spark.table('nowhere').count()")
      #expect(analysis.name == "AnalysisException")
      let java = try await session.failure("sc._jvm.java.util.Optional.empty().get()")
      #expect(java.name == "Py4JJavaError")
      #expect(java.value.contains("NoSuchElementException"))
      #expect(try await session.text("1+1") == "2")
    }

    private static func sql(_ session: LiveSession) async throws {
      let view = """
        from pyspark.sql import Row
        rows = [Row(id=1, name='één', score=0.5), Row(id=2, name=None, score=None)]
        spark.createDataFrame(rows, 'id int, name string, score double').createOrReplaceTempView('people')
        """
      #expect(try await session.text(view) == "")
      let document = try await session.rows("SELECT id, name, score FROM people ORDER BY id")
      let json = try JSONValue(parsing: Array(document.utf8), limits: .answers)
      #expect(
        json["data"].map { JSONText($0).text } == #"[[1,"één",0.5],[2,null,null]]"#, "\(document)")
      let schema = try #require(json["schema"])
      #expect(schema["type"] == .string("struct"))
      guard case .array(let fields)? = schema["fields"] else { throw Surprise("\(document)") }
      #expect(fields.map { $0["name"] } == [.string("id"), .string("name"), .string("score")])
      #expect(
        fields.map { $0["type"] } == [.string("integer"), .string("string"), .string("double")])
      // The other way round: Python reads what SQL made.
      _ = try await session.rows(
        "CREATE OR REPLACE TEMP VIEW doubled AS SELECT id * 2 AS d FROM people")
      #expect(
        try await session.text("[r.d for r in spark.table('doubled').orderBy('d').collect()]")
          == "[2, 4]")
      let error = try await session.failure("SELECT nothing FROM people", kind: "sql")
      #expect(error.name == "Error")
      #expect(error.value.contains("nothing"))
    }

    private static func shownFields(_ session: LiveSession) async throws {
      guard case .object(let members) = try await session.server.answer("/sessions/\(session.id)")
      else { throw Surprise("no object") }
      #expect(members.map(\.name).sorted() == sessionFields)
      let shown = try await session.client.session(session.reference)
      #expect(shown.kind == "pyspark")
      #expect(shown.log.count == 10)
      let log = try await session.client.log(of: session.reference, from: 0, size: 10_000)
      #expect(log.total == log.log.count)
      #expect(log.log.first == "stdout: ")
      #expect(log.log.contains("\nstderr: "))
      let page = try await session.client.sessions()
      #expect(page.total == 1)
      #expect(page.sessions.map(\.id) == [session.id])
    }

    private static let sessionFields = [
      "appId", "appInfo", "archives", "conf", "driverCores", "driverMemory", "executorCores",
      "executorMemory", "files", "heartbeatTimeoutInSecond", "id", "idleTimeout", "jars", "kind",
      "log", "name", "numExecutors", "owner", "proxyUser", "pyFiles", "queue", "state", "ttl",
    ]

    private static func statements(_ session: LiveSession) async throws {
      let page = try await session.client.statements(of: session.reference)
      #expect(page.total == page.statements.count)
      #expect(page.statements.map(\.id) == Array(0..<page.total))
      let first = try #require(page.statements.first)
      #expect(first.code == "1+1")
      #expect(first.progress == 1)
      #expect(first.started > 0)
      #expect(first.completed >= first.started)
      // Sent together, they run one after another in the order of their numbers.
      var submitted: [Int] = []
      for number in 0..<5 {
        let code =
          number == 0 ? "order = [0]; import time; time.sleep(0.5)" : "order.append(\(number))"
        submitted.append(try await session.client.submit(code, in: session.reference).id)
      }
      #expect(submitted == Array(page.total..<page.total + 5))
      #expect(try await session.text("order") == "[0, 1, 2, 3, 4]")
    }

    @Test("Two sessions run side by side and do not see each other's views")
    func apart() async throws {
      try await ServerProcess.running { server in
        let first = try await server.startingSession()
        let second = try await server.startingSession(CreateSession(kind: "sql"))
        #expect(first.id != second.id)
        for session in [first, second] {
          _ = try await server.client.waitUntilReady(session.reference, within: .seconds(240))
        }
        // The first waits for a file that the second one writes: each must run while the other
        // does.
        let meeting = server.folder.files + "/meeting"
        let waiting = try await server.client.submit(
          """
          import os, time
          spark.range(3).createOrReplaceTempView('mine')
          while not os.path.exists('\(meeting)'): time.sleep(0.05)
          os.listdir('\(meeting)') is not None
          """, in: first.reference)
        _ = try await second.rows("SELECT 1 AS one")
        let write = "import os; os.makedirs('\(meeting)'); spark.catalog.listTables()"
        #expect(try await second.text(write, kind: "pyspark") == "[]")
        let error = try await second.failure("SELECT * FROM mine")
        #expect(error.value.contains("mine"))
        let met = try await first.text("'met'")
        #expect(met == "'met'")
        let statement = try await server.client.statement(waiting.id, of: first.reference)
        guard case .ok(_, let bundle)? = statement.output else { throw Surprise("\(statement)") }
        #expect(bundle.plainText == "True")
        // The end of one leaves the other.
        try await server.client.deleteSession(first.reference)
        #expect(try await second.text("2 * 3", kind: "pyspark") == "6")
      }
    }
  }
}

/// What a wait has seen.
private actor States {
  private(set) var last: SessionPhases?

  func add(_ phases: SessionPhases) { last = phases }
}
