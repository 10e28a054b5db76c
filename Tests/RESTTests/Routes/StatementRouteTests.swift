// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyCore
import RESTTestSupport
import Testing

@Suite("Routes of statements")
struct StatementRouteTests {
  @Test("A statement is answered at once, and read until it is available")
  func submit() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let created = try await exchange.post(
        "/sessions/0/statements", #"{"code":"1+1","kind":"python"}"#)
      #expect(created.status == 201)
      #expect(created.headers[.location] == "/sessions/0/statements/0")
      #expect(
        created.names == ["id", "code", "state", "output", "progress", "started", "completed"])
      #expect(created.json["code"] == .string("1+1"))
      let isDone = try await eventually {
        try await exchange.get("/sessions/0/statements/0/").json["state"] == .string("available")
      }
      #expect(isDone)
      let done = try await exchange.get("/sessions/0/statements/0")
      #expect(
        done.text == #"{"id":0,"code":"1+1","state":"available","output":{"status":"ok","#
          + #""execution_count":0,"data":{"text/plain":"ran 1+1"}},"progress":1.0,"#
          + #""started":1000,"completed":2000}"#)
    }
  }

  @Test("With ?wait= the answer to POST is the finished statement, or how far it came in the time")
  func submitAndWait() async throws {
    let spark = ScriptedSpark()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      try await exchange.readySession()
      let done = try await exchange.post("/sessions/0/statements?wait=30", #"{"code":"1+1"}"#)
      #expect(done.status == 201)
      #expect(done.headers[.location] == "/sessions/0/statements/0")
      #expect(done.json["state"] == .string("available"))
      #expect(done.json["output"]?["data"]?["text/plain"] == .string("ran 1+1"))
      let early = try await exchange.post("/sessions/0/statements?wait=0.3", #"{"code":"hold"}"#)
      #expect(early.status == 201)
      #expect(early.json["output"] == .null)
      let wrong = try await exchange.post("/sessions/0/statements?wait=x", #"{"code":"3"}"#)
      #expect(wrong.isMessage(400, #"For input string: "x""#))
      spark.release.open()
      let next = try await exchange.post("/sessions/0/statements?wait=30", #"{"code":"4"}"#)
      #expect(next.json["id"]?.integer == 2)
    }
  }

  @Test("While it waits or runs, output is null and the times are 0")
  func running() async throws {
    let spark = ScriptedSpark()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      try await exchange.readySession()
      let first = try await exchange.post("/sessions/0/statements", #"{"code":"hold"}"#)
      #expect(first.json["output"] == .null)
      #expect(first.json["completed"]?.integer == 0)
      let isRunning = try await eventually {
        let json = try await exchange.get("/sessions/0/statements/0").json
        return json["state"] == .string("running")
          && json["progress"].map(JSONText.init)?.text == "0.25"
      }
      #expect(isRunning)
      let second = try await exchange.post("/sessions/0/statements", #"{"code":"2"}"#)
      #expect(second.json["state"] == .string("waiting"))
      #expect(second.json["started"]?.integer == 0)
      #expect(try await exchange.get("/sessions/0/state").json["state"] == .string("busy"))
      spark.release.open()
    }
  }

  @Test("A failed statement is available, with ename, evalue and traceback")
  func failure() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      let statement = try await exchange.finishedStatement("raise", in: session)
      let output = try #require(statement["output"])
      #expect(
        JSONText(output).text
          == #"{"status":"error","execution_count":0,"ename":"NameError","#
          + #""evalue":"name 'x' is not defined","#
          + #""traceback":["Traceback (most recent call last):\n","NameError: x\n"]}"#)
    }
  }

  @Test(
    "A JSON result passes untouched: no digit of it is lost",
    arguments: [
      #"{"data":[[12345678901234567890123456789012345678, 0.10, 1e400, -0.0]]}"#,
      #"[1.7976931348623157E+308, 9007199254740993]"#, #"{"a":1,"a":2}"#,
    ])
  func jsonResult(document: String) async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      _ = try await exchange.finishedStatement("json \(document)", in: session)
      let answer = try await exchange.get("/sessions/0/statements/0")
      #expect(answer.text.contains(#""application/json":\#(document)}"#), "\(answer.text)")
    }
  }

  @Test(
    "What a driver calls JSON and is none cannot break the answer around it",
    arguments: [#"1},"x":{"y":2"#, "NaN", "", "[1,", #""open"#])
  func hostileJSON(document: String) async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      let statement = try await exchange.finishedStatement("json \(document)", in: session)
      #expect(statement["output"]?["data"]?["application/json"] == .string(document))
    }
  }

  @Test("The list counts what is kept, pages, and reverses before it pages")
  func list() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      for code in ["a", "b", "c"] { _ = try await exchange.finishedStatement(code, in: session) }
      func ids(_ query: String) async throws -> [Int64?] {
        let json = try await exchange.get("/sessions/0/statements?\(query)").json
        #expect(json["total_statements"]?.integer == 3)
        return json["statements"]?.elements.map { $0["id"]?.integer } ?? []
      }
      #expect(
        try await exchange.get("/sessions/0/statements").names
          == ["total_statements", "statements"])
      #expect(try await ids("") == [0, 1, 2])
      #expect(try await ids("from=1&size=1") == [1])
      #expect(try await ids("order=desc&size=2") == [2, 1])
      #expect(try await ids("order=DESC&from=2") == [0])
      #expect(try await ids("order=up") == [0, 1, 2])
      #expect(try await ids("from=9") == [])
      let bad = try await exchange.get("/sessions/0/statements?from=x")
      #expect(bad.isMessage(400, #"For input string: "x""#))
    }
  }

  @Test("Unknown statements are a JSON string; numbers that are none are refused")
  func unknown() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      for id in ["0", "-1", "2147483647"] {
        let answer = try await exchange.get("/sessions/0/statements/\(id)")
        #expect(answer.isString(404, containing: "Statement not found"))
      }
      for id in ["abc", "99999999999"] {
        let answer = try await exchange.get("/sessions/0/statements/\(id)")
        #expect(answer.isMessage(400, "For input string: \"\(id)\""))
      }
    }
  }

  @Test("Bad kinds of a statement are 500, as Livy has it")
  func kinds() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession("{}")
      let bad = try await exchange.post("/sessions/0/statements", #"{"code":"1","kind":"x"}"#)
      #expect(bad.isString(500, containing: "Invalid kind: x"))
      for body in [#"{"code":"1"}"#, #"{"code":"1","kind":null}"#] {
        let missing = try await exchange.post("/sessions/0/statements", body)
        #expect(
          missing.isString(
            500, containing: "Code type should be specified if session kind is shared"))
      }
    }
  }

  @Test("A session that is starting takes no statements, and shows none")
  func notReady() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      _ = try await exchange.post("/sessions", #"{"kind":"sql"}"#)
      let refused = try await exchange.post("/sessions/0/statements", #"{"code":"1"}"#)
      #expect(
        refused.isString(
          500, containing: "java.lang.IllegalStateException: Session is in state starting"))
      let list = try await exchange.get("/sessions/0/statements")
      #expect(list.isMessage(400, "requirement failed: Session isn't active."))
    }
  }

  @Test("Without a session the statement is 404 in all ways")
  func noSession() async throws {
    try await Exchange.run { exchange async throws in
      let paths = ["/sessions/3/statements", "/sessions/3/statements/0"]
      for path in paths {
        #expect(try await exchange.get(path).isMessage(404, "Session '3' not found."))
      }
      let posted = try await exchange.post(paths[0], #"{"code":"1","kind":"x"}"#)
      #expect(posted.isMessage(404, "Session '3' not found."))
    }
  }

  @Test("A waiting statement is cancelled when the answer comes, a running one is cancelling")
  func cancel() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      func state(_ id: Int) async throws -> String? {
        try await exchange.get("/sessions/0/statements/\(id)").json["state"]?.text
      }
      for code in ["hold", "2"] {
        _ = try await exchange.post("/sessions/0/statements", #"{"code":"\#(code)"}"#)
      }
      let runs = try await eventually { try await state(0) == "running" }
      #expect(runs)
      let waiting = try await exchange.post("/sessions/0/statements/1/cancel", nil)
      #expect(waiting.text == #"{"msg":"canceled"}"#)
      #expect(waiting.isMessage(200, "canceled"))
      let shown = try await exchange.get("/sessions/0/statements/1").json
      #expect(shown["state"] == .string("cancelled"))
      #expect(shown["output"] == .null)
      #expect(shown["started"]?.integer == 0)
      #expect(shown["progress"].map(JSONText.init)?.text == "1.0")
      let running = try await exchange.post("/sessions/0/statements/0/cancel", "{}")
      #expect(running.isMessage(200, "canceled"))
      let ends = try await eventually { try await state(0) == "cancelled" }
      #expect(ends)
      let output = try await exchange.get("/sessions/0/statements/0").json["output"]
      #expect(output?["status"] == .string("error"))
      #expect(output?["ename"] == .string("KeyboardInterrupt"))
      #expect(try await exchange.get("/sessions/0/state").json["state"] == .string("idle"))
      let list = try await exchange.get("/sessions/0/statements").json["statements"]
      #expect(list?.elements.map { $0["state"]?.text } == ["cancelled", "cancelled"])
    }
  }

  @Test("Cancelling what is over or unknown is no error; what is no number is refused")
  func cancelOver() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      _ = try await exchange.finishedStatement("1", in: session)
      for id in ["0", "1", "-1", "2147483647"] {
        let answer = try await exchange.post("/sessions/0/statements/\(id)/cancel", nil)
        #expect(answer.isMessage(200, "canceled"))
      }
      #expect(
        try await exchange.get("/sessions/0/statements/0").json["state"] == .string("available"))
      for id in ["abc", "99999999999"] {
        let answer = try await exchange.post("/sessions/0/statements/\(id)/cancel", nil)
        #expect(answer.isMessage(400, "For input string: \"\(id)\""))
      }
      let unknown = try await exchange.post("/sessions/9/statements/0/cancel", nil)
      #expect(unknown.isMessage(404, "Session '9' not found."))
      let method = try await exchange.get("/sessions/0/statements/0/cancel")
      #expect(method.status == 405)
      #expect(method.headers[.allow] == "POST")
    }
  }

  @Test("A session that is starting cancels nothing")
  func cancelNotReady() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      _ = try await exchange.post("/sessions", #"{"kind":"sql"}"#)
      let refused = try await exchange.post("/sessions/0/statements/0/cancel", nil)
      #expect(
        refused.isString(
          500, containing: "java.lang.IllegalStateException: Session is in state starting"))
    }
  }
}
