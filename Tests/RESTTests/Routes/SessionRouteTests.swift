// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyCore
import LivyREST
import LivyServer
import RESTTestSupport
import Testing

@Suite("Routes of sessions")
struct SessionRouteTests {
  static let fieldNames = [
    "id", "name", "appId", "owner", "proxyUser", "state", "kind", "appInfo", "log", "ttl",
    "idleTimeout", "driverMemory", "driverCores", "executorMemory", "executorCores", "conf",
    "archives", "files", "heartbeatTimeoutInSecond", "jars", "numExecutors", "pyFiles", "queue",
  ]

  @Test("An empty request makes a shared session: 201, Location, 23 fields, none left out")
  func createEmpty() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      let answer = try await exchange.post("/sessions", "{}")
      #expect(answer.status == 201)
      #expect(answer.headers[.location] == "/sessions/0")
      #expect(answer.headers[.contentType] == "application/json;charset=utf-8")
      #expect(answer.names == Self.fieldNames)
      let json = answer.json
      #expect(json["kind"] == .string("shared"))
      #expect(json["state"] == .string("starting"))
      for name in ["name", "appId", "owner", "proxyUser", "ttl", "idleTimeout", "driverMemory"] {
        #expect(json[name] == .null)
      }
      #expect(json["executorMemory"] == .null)
      #expect(json["queue"] == .null)
      for name in ["driverCores", "executorCores", "heartbeatTimeoutInSecond", "numExecutors"] {
        #expect(json[name]?.integer == 0)
      }
      for name in ["archives", "files", "jars", "pyFiles"] { #expect(json[name] == .array([])) }
      #expect(json["conf"] == .object([]))
      #expect(
        JSONText(try #require(json["appInfo"])).text
          == #"{"driverLogUrl":null,"sparkUiUrl":null,"executorLogUrls":null}"#)
    }
  }

  @Test("Every field of a request is shown as it was given; scalars are coerced")
  func createFull() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.post(
        "/sessions/",
        """
        {"kind":"python","name":"my session","jars":["hdfs:///a.jar"],"pyFiles":["s3a://b/c.py"],
         "files":["http://h/f"],"archives":["hdfs:///z.zip#env"],"driverMemory":"1g",
         "driverCores":"2","executorMemory":"2g","executorCores":3,"numExecutors":4.0,
         "queue":"q","conf":{"spark.a":6,"spark.b":true,"spark.c":1.50,"spark.d":null},
         "heartbeatTimeoutInSecond":60,"ttl":"8h","idleTimeout":"1h","proxyUser":"eve"}
        """)
      #expect(answer.status == 201, "\(answer.text)")
      let json = answer.json
      #expect(json["kind"] == .string("pyspark"))
      #expect(json["name"] == .string("my session"))
      #expect(json["driverCores"]?.integer == 2)
      #expect(json["numExecutors"]?.integer == 4)
      #expect(json["archives"] == .array([.string("hdfs:///z.zip#env")]))
      #expect(
        JSONText(try #require(json["conf"])).text
          == #"{"spark.a":"6","spark.b":"true","spark.c":"1.50"}"#)
      #expect(json["ttl"] == .string("8h"))
      #expect(json["heartbeatTimeoutInSecond"]?.integer == 60)
      #expect(json["proxyUser"] == .null, "without impersonation it is ignored")
      let byName = try await exchange.get("/sessions/my%20session")
      #expect(byName.json["id"] == json["id"])
    }
  }

  @Test("doAs is ignored without impersonation")
  func doAs() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.post("/sessions?doAs=eve", "{}")
      #expect(answer.status == 201)
      #expect(answer.json["proxyUser"] == .null)
      #expect(answer.json["owner"] == .null)
    }
  }

  @Test(
    "Kinds have second names, case matters, and an unknown one is a JSON string",
    arguments: [
      ("spark", "spark"), ("scala", "spark"), ("pyspark", "pyspark"), ("python", "pyspark"),
      ("sparkr", "sparkr"), ("r", "sparkr"), ("sql", "sql"), ("shared", "shared"),
      ("pyspark3", nil), ("SQL", nil), ("", nil),
    ])
  func kinds(given: String, shown: String?) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.post("/sessions", #"{"kind":"\#(given)"}"#)
      if let shown {
        #expect(answer.status == 201)
        #expect(answer.json["kind"] == .string(shown))
      } else {
        #expect(answer.isString(400, containing: "Invalid kind: \(given) (through"))
        #expect(answer.text.contains(#"[\"kind\"]"#))
      }
    }
  }

  @Test(
    "The list has the page's start as asked for, the number of all, and empty pages past the end")
  func list() async throws {
    try await Exchange.run { exchange async throws in
      for _ in 0..<3 { _ = try await exchange.post("/sessions", "{}") }
      func ids(_ query: String) async throws -> [Int64?] {
        try await exchange.get("/sessions\(query)").json["sessions"]?.elements
          .map { $0["id"]?.integer } ?? []
      }
      let all = try await exchange.get("/sessions")
      #expect(all.names == ["from", "total", "sessions"])
      #expect(all.json["total"]?.integer == 3)
      #expect(try await ids("/") == [0, 1, 2])
      #expect(try await ids("?from=1") == [1, 2])
      #expect(try await ids("?from=1&size=1") == [1])
      #expect(try await ids("?from=3") == [])
      #expect(try await ids("?from=-1&size=2") == [0])
      #expect(try await ids("?size=-5") == [])
      #expect(try await ids("?from=2147483647&size=2147483647") == [])
      let past = try await exchange.get("/sessions?from=50&size=7")
      #expect(past.json["from"]?.integer == 50)
      #expect(past.json["total"]?.integer == 3)
      #expect(try await exchange.get("/sessions?from=-1").json["from"]?.integer == -1)
    }
  }

  @Test(
    "A number of the query that is none is refused in Java's words",
    arguments: [
      ("/sessions?from=abc", "abc"), ("/sessions?size=1.5", "1.5"), ("/sessions?size=", ""),
      ("/sessions?from=99999999999", "99999999999"), ("/sessions?from=%20", " "),
    ])
  func badNumbers(path: String, text: String) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.get(path)
      #expect(answer.isMessage(400, "For input string: \"\(text)\""), "\(answer.text)")
    }
  }

  @Test(
    "Digits are a number, more than a Java int is refused, anything else is a name",
    arguments: ["", "/state", "/log", "/statements", "/phases"])
  func references(suffix: String) async throws {
    try await Exchange.run { exchange async throws in
      let big = try await exchange.get("/sessions/99999999999\(suffix)")
      #expect(big.isMessage(400, #"For input string: "99999999999""#))
      for (path, shown) in [("7", "7"), ("-1", "-1"), ("a%20b", "a b"), ("caf%C3%A9", "café")] {
        let answer = try await exchange.get("/sessions/\(path)\(suffix)")
        #expect(answer.isMessage(404, "Session '\(shown)' not found."), "\(answer.text)")
      }
      for broken in ["%zz", "%ff", "%00", "%4"] {
        #expect(try await exchange.get("/sessions/\(broken)\(suffix)").status == 400)
      }
    }
  }

  @Test("State, phases and log of a session, by number and by name")
  func looks() async throws {
    try await Exchange.run { exchange async throws in
      let id = try await exchange.readySession(#"{"kind":"sql","name":"n"}"#)
      #expect(try await exchange.get("/sessions/n/state").text == #"{"id":0,"state":"idle"}"#)
      let phases = try await exchange.get("/sessions/\(id)/phases")
      #expect(phases.names == ["id", "state", "reason", "created", "phases", "expiries", "held"])
      let names = phases.json["phases"]?.elements.map { $0["phase"]?.text }
      #expect(names == ["submitting", "accepted", "connected", "ready"])
      let session = try await exchange.get("/sessions/\(id)").json
      #expect(session["appInfo"]?["sparkUiUrl"] == .string("http://127.0.0.1:4040"))
      #expect(session["appId"] == .null, "a local master has no application that clients know")
      #expect(session["log"]?.elements.count == 10)
    }
  }

  @Test("The log is paged; without a start it is the newest lines")
  func log() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let all = try await exchange.get("/sessions/0/log")
      #expect(all.names == ["id", "from", "total", "log"])
      let lines = all.json["log"]?.elements.map { $0.text ?? "" } ?? []
      #expect(lines.first == "stdout: ")
      #expect(lines.contains("\nstderr: "))
      #expect(all.json["total"]?.integer == Int64(lines.count))
      func page(_ query: String) async throws -> (Int64?, [String?]) {
        let json = try await exchange.get("/sessions/0/log?\(query)").json
        return (json["from"]?.integer, json["log"]?.elements.map(\.text) ?? [])
      }
      let last = try await page("size=2")
      #expect(last == (Int64(lines.count - 2), Array(lines.suffix(2))))
      #expect(try await page("from=1&size=2") == (1, ["out 1", "out 2"]))
      #expect(try await page("from=\(lines.count)") == (Int64(lines.count), []))
      #expect(try await page("from=5000") == (5000, []))
      #expect(try await page("from=-3&size=1") == (Int64(lines.count - 1), [lines.last]))
      #expect(try await page("size=-1") == (0, lines))
    }
  }

  @Test("DELETE waits for the end, then the session is gone and its number is not used again")
  func end() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession(#"{"name":"n"}"#)
      let deleted = try await exchange.send(.delete, "/sessions/n")
      #expect(deleted.isMessage(200, "deleted"))
      #expect(try await exchange.get("/sessions/0").isMessage(404, "Session '0' not found."))
      let again = try await exchange.send(.delete, "/sessions/0")
      #expect(again.isMessage(404, "Session '0' not found."))
      let next = try await exchange.post("/sessions", #"{"name":"n"}"#)
      #expect(next.json["id"]?.integer == 1)
    }
  }

  @Test(
    "Refusals of a session say why in Livy's words",
    arguments: [
      (#"{"name":"123"}"#, "Invalid session name: 123"),
      (#"{"name":""}"#, "Invalid session name: "),
      (#"{"ttl":"soon"}"#, "Invalid time string: soon"),
      (#"{"idleTimeout":"3w"}"#, #"Invalid suffix: "w""#),
      (#"{"ttl":"-1"}"#, "Invalid value: -1"),
      (
        #"{"conf":{"spark.submit.deployMode":"cluster","spark.master":"x"}}"#,
        "Blacklisted configuration values in session config: spark.master, spark.submit.deployMode"
      ),
      (#"{"jars":["a.jar"]}"#, "requirement failed: Path 'a.jar' is not absolute."),
      (
        #"{"files":["/etc/passwd"]}"#,
        "requirement failed: Local path /etc/passwd cannot be added to user sessions."
      ),
      (
        #"{"conf":{"spark.jars":"hdfs:///a.jar /etc/b.jar"}}"#,
        "requirement failed: Local path /etc/b.jar cannot be added to user sessions."
      ),
    ])
  func refusals(body: String, reason: String) async throws {
    var settings = RESTSettings()
    settings.requests.blacklist = ["spark.master"]
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let answer = try await exchange.post("/sessions", body)
      #expect(answer.isMessage(400, "Rejected, Reason: \(reason)"), "\(answer.text)")
      #expect(try await exchange.get("/sessions").json["total"]?.integer == 0)
    }
  }

  @Test("A name that is in use is refused with the number that was meant for it")
  func duplicateName() async throws {
    try await Exchange.run { exchange async throws in
      _ = try await exchange.post("/sessions", #"{"name":"n"}"#)
      let answer = try await exchange.post("/sessions", #"{"name":"n"}"#)
      #expect(
        answer.isMessage(
          400, "Rejected, Reason: Duplicate session name: Some(n) for session 1"),
        "\(answer.text)")
    }
  }

  @Test("Above the limit of starting sessions Livy's own sentence is the answer")
  func tooMany() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    var sessions = SessionSettings()
    sessions.startingMax = 1
    try await Exchange.run(ServerUnderTest(spark: spark, sessions: sessions)) {
      exchange async throws in
      #expect(try await exchange.post("/sessions", "{}").status == 201)
      let refused = try await exchange.post("/sessions", "{}")
      #expect(refused.isMessage(400, "Rejected, too many sessions are being created!"))
    }
  }

  @Test("A session that cannot start is listed, and tells why")
  func failedStart() async throws {
    var spark = ScriptedSpark()
    spark.failure = LivyError(.launchFailed, "the driver said no")
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      _ = try await exchange.post("/sessions", "{}")
      let hasFailed = try await eventually {
        try await exchange.get("/sessions/0/state").json["state"] == .string("error")
      }
      #expect(hasFailed)
      let reason = try await exchange.get("/sessions/0/phases").json["reason"]?.text ?? ""
      #expect(reason.contains("the driver said no"))
    }
  }
}
