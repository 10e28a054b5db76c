// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import TestSupport
internal import Testing
internal import Transport

@Suite(
  "With a real Spark", .enabled(if: SparkJVM.home != nil), .tags(.spark), .serialized, .realSpark)
struct RealSparkTests {
  private let jvm: SparkJVM

  init() throws {
    jvm = try #require(SparkJVM.current)
  }

  /// One SQL statement on an interpreter of its own, in the JVM's one SparkSession.
  private func outcome(
    _ code: String, id: UInt64 = 0, rowsMax: UInt32 = 1_000
  ) async throws -> RunOutcome {
    let connection = try await jvm.gateway.open()
    let application = try await SparkApplication.start(through: jvm.gateway, on: connection)
    let sql = SQLInterpreter(application, rowsMax: rowsMax)
    try await sql.start()
    let outcome = await sql.run(code, statement: StatementID(id))
    await sql.stop()
    await connection.close()
    return outcome
  }

  private func document(_ code: String, rowsMax: UInt32 = 1_000) async throws -> String {
    guard case .output(.success(let parts)) = try await outcome(code, rowsMax: rowsMax) else {
      Issue.record("\(code) failed: \(try await outcome(code))")
      return ""
    }
    #expect(parts.map(\.mimeType) == ["application/json"])
    guard case .json(let text) = parts.first?.content else { return "" }
    return text
  }

  private func failure(_ code: String) async throws -> StatementFailure {
    guard case .output(.failure(let failure)) = try await outcome(code) else {
      Issue.record("\(code) did not fail")
      return StatementFailure(name: "", value: "")
    }
    return failure
  }

  @Test(
    "A value of each type has Livy's form",
    arguments: [
      ("cast(7 as tinyint)", #""byte""#, "7"), ("cast(7 as smallint)", #""short""#, "7"),
      ("7", #""integer""#, "7"), ("9007199254740993L", #""long""#, "9007199254740993"),
      ("1.5D", #""double""#, "1.5"), ("cast('NaN' as double)", #""double""#, #""NaN""#),
      ("cast(1.50 as decimal(10,2))", #""decimal(10,2)""#, "1.50"),
      ("true", #""boolean""#, "true"), ("null", #""void""#, "null"),
      (#"'a\n"b"\\\t,{"c0":1}é'"#, #""string""#, #""a\n\"b\"\\\t,{\"c0\":1}é""#),
      ("date'2024-01-02'", #""date""#, #""2024-01-02""#),
      ("timestamp'2024-01-02 03:04:05.678'", #""timestamp""#, #""2024-01-02T08:04:05Z""#),
      ("array(1,null,3)", nil, "[1,null,3]"), ("map('k',1,'n',null)", nil, #"{"k":1,"n":null}"#),
      (
        "named_struct('x',1,'x',array('y',null))", nil, #"{"x":1,"x":["y",null]}"#
      ),
      ("binary('abc')", #""binary""#, #""YWJj""#),
      (
        "array(cast(1.10 as decimal(5,2)), null)", nil, "[1.10,null]"
      ),
      (
        "named_struct('d', date'2024-01-02', 't', array(timestamp'2024-07-02 03:04:05'))", nil,
        #"{"d":"2024-01-02","t":["2024-07-02T07:04:05Z"]}"#
      ),
      ("map(7, named_struct('a', null))", nil, #"{"7":{"a":null}}"#),
      ("interval '1' day", #""interval day""#, #""INTERVAL '1' DAY""#),
      ("123456789012345678901234567890.123456BD", nil, "123456789012345678901234567890.123456"),
    ] as [(String, String?, String)])
  func types(expression: String, type: String?, cell: String) async throws {
    let text = try await document("select \(expression) as v")
    #expect(text.hasPrefix(#"{"schema":{"type":"struct","fields":[{"name":"v","type":"#))
    if let type { #expect(text.contains(#"{"name":"v","type":\#(type),"#)) }
    #expect(text.contains(#","nullable":"#) && text.contains(#","metadata":{}}"#))
    #expect(text.hasSuffix(#","data":[[\#(cell)]]}"#), "\(text)")
  }

  @Test("Columns may have the same name, or names that need quoting")
  func columnNames() async throws {
    let text = try await document(#"select 1 a, 2 a, 3 `we.ird`, 4 `q``"x`, 5 `c0`"#)
    #expect(text.hasSuffix(#","data":[[1,2,3,4,5]]}"#))
    #expect(text.contains(#"{"name":"q`\"x","type":"integer","#))
  }

  @Test("An empty result keeps its schema; DDL has neither fields nor data")
  func empty() async throws {
    let nothing = try await document("select 1 as a where false")
    #expect(nothing.contains(#"{"name":"a","type":"integer","#))
    #expect(nothing.hasSuffix(#","data":[]}"#))
    #expect(
      try await document("create or replace temp view ten as select * from range(10)")
        == #"{"schema":{"type":"struct","fields":[]},"data":[]}"#)
    #expect(try await document("show tables").contains(#"["","ten",true]"#))
  }

  @Test("Comments and semicolons around one statement are nothing; two statements are an error")
  func punctuation() async throws {
    for code in [
      "select 1 as v;", "select 1 as v ;;\n", "-- one\nselect /* two */ 1 as v -- three\n;\n-- end",
    ] {
      #expect(try await document(code).hasSuffix(#","data":[[1]]}"#))
    }
    #expect(try await failure("select 1; select 2").value.contains("PARSE_SYNTAX_ERROR"))
    #expect(try await failure("-- nothing").name == "Error")
    #expect(try await failure("").name == "Error")
    #expect(try await document("select ';' as v").hasSuffix(#","data":[[";"]]}"#))
  }

  @Test("DDL and commands have what Spark gives for them: often nothing")
  func commands() async throws {
    let nothing = #"{"schema":{"type":"struct","fields":[]},"data":[]}"#
    for code in [
      "create table if not exists plain (a int) using parquet", "insert into plain values (1), (2)",
      "alter table plain set tblproperties ('x' = 'y')", "drop table plain", "use default",
    ] {
      #expect(try await document(code) == nothing, "\(code)")
    }
    #expect(try await document("set spark.sql.x=1").hasSuffix(#"[["spark.sql.x","1"]]}"#))
  }

  @Test("Rows keep their order and end at the limit")
  func limit() async throws {
    let text = try await document(
      "select id from range(0, 100000, 1, 8) order by id desc", rowsMax: 3)
    #expect(text.hasSuffix(#","data":[[99999],[99998],[99997]]}"#))
    let lazy = try await document("select id from range(0, 1000000000000, 1, 50)", rowsMax: 2)
    #expect(lazy.hasSuffix(#","data":[[0],[1]]}"#))
  }

  @Test("A wide table and a large result come whole")
  func large() async throws {
    let columns = (0..<300).map { "\($0) as x\($0)" }.joined(separator: ",")
    let wide = try await document("select \(columns)")
    #expect(wide.hasSuffix("298,299]]}"))
    let long = try await document("select repeat('é', 10000) as s from range(500)", rowsMax: 500)
    #expect(long.utf8.count > 10_000_000)
  }

  @Test("An error of SQL's has Spark's message and the frames, and the next statement runs")
  func errors() async throws {
    let missing = try await failure("select * from no_such_table")
    #expect(missing.name == "Error")
    #expect(missing.value.hasPrefix("[TABLE_OR_VIEW_NOT_FOUND]"))
    #expect(missing.traceback.first?.hasPrefix("org.apache.spark.sql.") == true)
    #expect(missing.traceback.allSatisfy { !$0.hasPrefix("\t") && !$0.contains("Caused by") })
    let syntax = try await failure("selekt 1")
    #expect(syntax.value.contains("PARSE_SYNTAX_ERROR"))
    let running = try await failure("select raise_error('boom')")
    #expect(running.value.contains("boom"))
    #expect(!running.traceback.isEmpty)
    #expect(try await document("select 1 as v").hasSuffix("[[1]]}"))
  }

  @Test("A host name is resolved by the JVM")
  func names() async throws {
    let connection = try await jvm.gateway.open()
    #expect(try await connection.addresses(of: "localhost").contains("127.0.0.1"))
    let error = await #expect(throws: Py4JError.self) {
      try await connection.addresses(of: "no.such.host.invalid")
    }
    #expect(error?.exception?.className == "java.net.UnknownHostException")
    await connection.close()
  }

  @Test("A wrong secret is refused")
  func wrongSecret() async throws {
    let error = await #expect(throws: Py4JError.self) {
      try await jvm.gateway(withSecret: "wrong").open()
    }
    #expect(error?.code == .refused)
  }

  @Test("A whole session: ping, statements, progress, errors, orderly end")
  func session() async throws {
    var settings = DriverSettings()
    settings.progressInterval = .milliseconds(20)
    let plan = SessionPlan(kind: .one(.sql), settings: settings) { kind, application in
      kind == .sql ? SQLInterpreter(application, rowsMax: 10) : nil
    }
    let host = SessionHost(plan, gateway: jvm.gateway)
    let running = Task { try await host.run() }
    let facts = try await host.ping()
    #expect(facts.sparkVersion.hasPrefix("3.") || facts.sparkVersion.hasPrefix("4."))
    #expect(facts.applicationID.hasPrefix("local-"))
    #expect(facts.uiURL?.hasPrefix("http://") == true)

    let record = EventRecord()
    let watching = Task { try await host.watch(after: 0, epoch: 1) { record.add($0) } }
    let slow = """
      select count(*) from (
        select java_method('java.lang.Thread', 'sleep', 200L + id - id) from range(0, 8, 1, 8))
      """
    let codes = ["select 1 as v", slow, "select nonsense"]
    for (number, code) in codes.enumerated() {
      try await host.execute(
        ExecuteRequest(
          statement: StatementID(UInt64(number)), kind: .sql, code: code, epoch: 1))
    }
    #expect(await eventually { record.isFinished(2) })
    let fractions = record.what.compactMap {
      if case .progress(StatementID(1), let fraction) = $0 { fraction } else { nil as Double? }
    }
    #expect(!fractions.isEmpty)
    #expect(fractions.allSatisfy { (0...1).contains($0) })
    guard case .finished(_, .output(.failure(let failure)), _) = record.what.last else {
      Issue.record("the last statement did not fail")
      return
    }
    #expect(failure.value.contains("nonsense"))

    try await host.endSession()
    try await running.value
    _ = await watching.result
  }

  @Test("A Spark that cannot start says why, with Java's trace")
  func failingStart() async throws {
    try await SparkJVM.with(conf: ["spark.executor.heartbeatInterval=1000s"]) { failing in
      let plan = SessionPlan(kind: .one(.sql), settings: DriverSettings()) { _, _ in nil }
      let host = SessionHost(plan, gateway: failing.gateway)
      let failure = await #expect(throws: StartFailure.self) { try await host.run() }
      #expect(failure?.reason.contains("heartbeatInterval") == true)
      #expect(failure?.trace.contains("\tat org.apache.spark.") == true)
      let answer = await #expect(throws: LivyError.self) { try await host.ping() }
      #expect(answer?.code == .launchFailed)
    }
  }

  @Test("When the JVM dies, the keeper and every waiting call hear of it")
  func death() async throws {
    try await SparkJVM.with { mortal in
      let keeper = try await mortal.gateway.open()
      let caller = try await mortal.gateway.open()
      let sleeping = Task {
        try await caller.perform(
          .call(.type("java.lang.Thread"), method: "sleep", arguments: [.long(600_000)]))
      }
      mortal.kill()
      await keeper.waitForEnd()
      let result = await sleeping.result
      #expect(throws: Py4JError.self) { try result.get() }
    }
  }
}
