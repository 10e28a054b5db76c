// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyCore
import LivyREST
import LivyServer
import RESTTestSupport
import Testing

@Suite("Routes of batches")
struct BatchRouteTests {
  private static let file = #""file":"hdfs:///job.py""#

  @Test("A batch: 201, Location, eight fields, none left out")
  func create() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.post("/batches", "{\(Self.file)}")
      #expect(answer.status == 201)
      #expect(answer.headers[.location] == "/batches/0")
      #expect(answer.headers[.contentType] == "application/json;charset=utf-8")
      #expect(
        answer.names == [
          "id", "name", "owner", "proxyUser", "state", "appId", "appInfo", "log",
        ])
      let json = answer.json
      for name in ["name", "owner", "proxyUser", "appId"] { #expect(json[name] == .null) }
      #expect(json["id"]?.integer == 0)
      #expect(["starting", "running"].contains(json["state"]?.text))
      #expect(
        JSONText(try #require(json["appInfo"])).text
          == #"{"driverLogUrl":null,"sparkUiUrl":null,"executorLogUrls":null}"#)
      #expect(json["log"] == .array([.string("stdout: "), .string("\nstderr: ")]))
    }
  }

  @Test("Every field of a request is taken, scalars are coerced, and sessions are counted apart")
  func createFull() async throws {
    try await Exchange.run { exchange async throws in
      _ = try await exchange.post("/sessions", #"{"name":"my batch"}"#)
      let answer = try await exchange.post(
        "/batches/",
        """
        {\(Self.file),"name":"my batch","args":["a",1,2.50,true],"className":"org.example.Main",
         "jars":["hdfs:///a.jar"],"pyFiles":["s3a://b/c.py"],"files":["http://h/f"],
         "archives":["hdfs:///z.zip#env"],"driverMemory":"1g","driverCores":"2",
         "executorMemory":"2g","executorCores":3,"numExecutors":4.0,"queue":"q",
         "conf":{"spark.a":6},"proxyUser":"eve"}
        """)
      #expect(answer.status == 201, "\(answer.text)")
      #expect(answer.json["id"]?.integer == 0)
      #expect(answer.json["name"] == .string("my batch"))
      #expect(answer.json["proxyUser"] == .null, "without impersonation it is ignored")
      let log = try await exchange.get("/batches/my%20batch/log").json["log"]?.elements
      #expect(
        log?.map(\.text) == [
          "stdout: ", "argument a", "argument 1", "argument 2.50", "argument true", "\nstderr: ",
        ])
    }
  }

  @Test(
    "How a batch ended is its state",
    arguments: [("exit 0", "success"), ("exit 1", "dead"), ("exit 137", "dead")])
  func ends(argument: String, state: String) async throws {
    try await Exchange.run { exchange async throws in
      _ = try await exchange.post("/batches", #"{\#(Self.file),"args":["\#(argument)"]}"#)
      let hasEnded = try await eventually {
        try await exchange.get("/batches/0/state").text == #"{"id":0,"state":"\#(state)"}"#
      }
      #expect(hasEnded)
      let log = try await exchange.get("/batches/0").json["log"]?.elements.last?.text
      #expect((log == "\nstderr: ") == (state == "success"), "the log says why")
    }
  }

  @Test("The list has the key of sessions, the page's start as asked for, and the number of all")
  func list() async throws {
    try await Exchange.run { exchange async throws in
      for _ in 0..<3 { _ = try await exchange.post("/batches", "{\(Self.file)}") }
      let all = try await exchange.get("/batches/")
      #expect(all.names == ["from", "total", "sessions"])
      #expect(all.json["total"]?.integer == 3)
      func ids(_ query: String) async throws -> [Int64?] {
        try await exchange.get("/batches?\(query)").json["sessions"]?.elements
          .map { $0["id"]?.integer } ?? []
      }
      #expect(try await ids("") == [0, 1, 2])
      #expect(try await ids("from=1&size=1") == [1])
      #expect(try await ids("from=3") == [])
      #expect(try await exchange.get("/batches?from=50").json["from"]?.integer == 50)
      #expect(
        try await exchange.get("/batches?size=x").isMessage(400, "For input string: \"x\""))
    }
  }

  @Test("The log is paged: what lies at or past the end is empty, and the total stays true")
  func log() async throws {
    try await Exchange.run { exchange async throws in
      let arguments = (0..<12).map { "\"\($0)\"" }.joined(separator: ",")
      _ = try await exchange.post("/batches", #"{\#(Self.file),"args":[\#(arguments)]}"#)
      let isRunning = try await eventually {
        try await exchange.get("/batches/0/log").json["total"]?.integer == 14
      }
      #expect(isRunning)
      func page(_ query: String) async throws -> (Int64?, Int64?, [String?]) {
        let answer = try await exchange.get("/batches/0/log?\(query)")
        #expect(answer.names == ["id", "from", "total", "log"])
        let json = answer.json
        return (
          json["from"]?.integer, json["total"]?.integer, json["log"]?.elements.map(\.text) ?? []
        )
      }
      #expect(try await page("from=1&size=2") == (1, 14, ["argument 0", "argument 1"]))
      #expect(try await page("size=2") == (12, 14, ["argument 11", "\nstderr: "]))
      #expect(try await page("from=14&size=100") == (14, 14, []))
      #expect(try await page("from=100&size=100") == (100, 14, []))
      #expect(try await exchange.get("/batches/0").json["log"]?.elements.count == 10)
    }
  }

  @Test("DELETE ends a batch; then it is gone")
  func end() async throws {
    try await Exchange.run { exchange async throws in
      _ = try await exchange.post("/batches", #"{\#(Self.file),"name":"n"}"#)
      #expect(try await exchange.send(.delete, "/batches/n").isMessage(200, "deleted"))
      #expect(try await exchange.get("/batches/0").isMessage(404, "Session '0' not found."))
      #expect(
        try await exchange.send(.delete, "/batches/0").isMessage(404, "Session '0' not found."))
      let next = try await exchange.post("/batches", #"{\#(Self.file),"name":"n"}"#)
      #expect(next.json["id"]?.integer == 1)
    }
  }

  @Test("Unknown batches are not found in Livy's words", arguments: ["", "/state", "/log"])
  func unknown(suffix: String) async throws {
    try await Exchange.run { exchange async throws in
      _ = try await exchange.post("/sessions", #"{"name":"n"}"#)
      for (path, shown) in [("0", "0"), ("n", "n"), ("-1", "-1"), ("a%20b", "a b")] {
        let answer = try await exchange.get("/batches/\(path)\(suffix)")
        #expect(answer.isMessage(404, "Session '\(shown)' not found."), "\(answer.text)")
      }
      let big = try await exchange.get("/batches/99999999999\(suffix)")
      #expect(big.isMessage(400, #"For input string: "99999999999""#))
    }
  }

  @Test("Batches have no statements and cannot be connected to; known paths say what they allow")
  func otherRoutes() async throws {
    try await Exchange.run { exchange async throws in
      _ = try await exchange.post("/batches", "{\(Self.file)}")
      #expect(try await exchange.get("/batches/0/statements").status == 404)
      #expect(try await exchange.post("/batches/0/connect", "{}").status == 404)
      let wrong = try await exchange.send(.put, "/batches/0")
      #expect(wrong.status == 405)
      #expect(wrong.headers[.allow] == "GET, DELETE, HEAD")
    }
  }

  @Test(
    "Refusals of a batch say why in Livy's words, and nothing is listed",
    arguments: [
      ("{}", "requirement failed: File is required."),
      (#"{"file":null,"args":["x"]}"#, "requirement failed: File is required."),
      (#"{"file":"job.py"}"#, "requirement failed: Path 'job.py' is not absolute."),
      (#"{"file":"--class"}"#, "requirement failed: Path '--class' is not absolute."),
      (
        #"{"file":"/etc/job.py"}"#,
        "requirement failed: Local path /etc/job.py cannot be added to user sessions."
      ),
      (
        #"{"file":"hdfs:///j.py","pyFiles":["/etc/x.py"]}"#,
        "requirement failed: Local path /etc/x.py cannot be added to user sessions."
      ),
      (
        #"{"file":"hdfs:///j.py","conf":{"spark.jars":"/etc/x.jar"}}"#,
        "requirement failed: Local path /etc/x.jar cannot be added to user sessions."
      ),
      (
        #"{"file":"hdfs:///j.py","conf":{"spark.submit.deployMode":"cluster"}}"#,
        "Blacklisted configuration values in session config: spark.submit.deployMode"
      ),
      (#"{"file":"hdfs:///j.py","name":"123"}"#, "Invalid session name: 123"),
      (
        #"{"file":"hdfs:///j.py","args":["a\u0000b"]}"#,
        "A zero byte stands in an argument; a command line cannot hold it."
      ),
    ])
  func refusals(body: String, reason: String) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.post("/batches", body)
      #expect(answer.isMessage(400, "Rejected, Reason: \(reason)"), "\(answer.text)")
      #expect(try await exchange.get("/batches").json["total"]?.integer == 0)
    }
  }

  @Test(
    "A body of another shape is a JSON string",
    arguments: [
      ("", ""), ("[]", "CreateBatchRequest"), (#"{"file":{}}"#, "file"),
      (#"{"file":"hdfs:///j.py","args":"x"}"#, "args"),
      (#"{"file":"hdfs:///j.py","kind":"spark"}"#, #"Unrecognized field "kind" (class "#),
      (#"{"file":"hdfs:///j.py","driverCores":99999999999}"#, "out of range of int"),
    ])
  func shapes(body: String, words: String) async throws {
    try await Exchange.run { exchange async throws in
      #expect(try await exchange.post("/batches", body).isString(400, containing: words))
    }
  }

  @Test("A name that is in use is refused with the number that was meant for it")
  func duplicateName() async throws {
    try await Exchange.run { exchange async throws in
      _ = try await exchange.post("/batches", #"{\#(Self.file),"name":"n"}"#)
      let answer = try await exchange.post("/batches", #"{\#(Self.file),"name":"n"}"#)
      #expect(
        answer.isMessage(
          400, "Rejected, Reason: Duplicate session name: Some(n) for session 1"),
        "\(answer.text)")
    }
  }

  @Test("Sessions that are starting count against batches")
  func tooMany() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    var sessions = SessionSettings()
    sessions.startingMax = 1
    try await Exchange.run(ServerUnderTest(spark: spark, sessions: sessions)) {
      exchange async throws in
      #expect(try await exchange.post("/sessions", "{}").status == 201)
      let refused = try await exchange.post("/batches", "{\(Self.file)}")
      #expect(refused.isMessage(400, "Rejected, too many sessions are being created!"))
    }
  }
}
