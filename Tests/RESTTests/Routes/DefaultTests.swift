// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdTesting
import LivyAPI
import LivyCore
import LivyREST
import LivyServer
import RESTTestSupport
import Testing

/// What clients get who do not ask for anything else.
@Suite("Defaults of routes")
struct DefaultTests {
  @Test("A page of sessions or batches has 100 of them")
  func pages() async throws {
    var sessions = SessionSettings()
    sessions.startingMax = 200
    try await Exchange.run(ServerUnderTest(sessions: sessions)) { exchange async throws in
      for _ in 0...100 {
        #expect(try await exchange.post("/sessions", "{}").status == 201)
        #expect(try await exchange.post("/batches", #"{"file":"hdfs:///a.py"}"#).status == 201)
      }
      for list in ["sessions", "batches"] {
        let json = try await exchange.get("/\(list)").json
        #expect(json["total"]?.integer == 101)
        #expect(json["from"]?.integer == 0)
        #expect(json["sessions"]?.elements.count == 100)
      }
    }
  }

  @Test("A log keeps the newest 200 lines of each stream, and shows the newest 100 of all")
  func log() async throws {
    var spark = ScriptedSpark()
    spark.log = ApplicationLog(
      standardOutput: (1...300).map { "out \($0)" }, standardError: (1...250).map { "err \($0)" })
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      try await exchange.readySession()
      let shown = try await exchange.get("/sessions/0/log").json
      #expect(shown["total"]?.integer == 402, "with a head for each stream")
      #expect(shown["log"]?.elements.count == 100)
      #expect(shown["log"]?.elements.last == .string("err 250"))
      let all = try await exchange.get("/sessions/0/log?size=-1").json["log"]?.elements
      #expect(all?.prefix(2) == [.string("stdout: "), .string("out 101")])
      #expect(all?.count == 402)
    }
  }

  @Test("Null is the same as nothing; numbers and words of truth are taken for texts")
  func coercion() async throws {
    try await Exchange.run { exchange async throws in
      let empty = try await exchange.post(
        "/sessions",
        """
        {"kind":null,"name":null,"ttl":null,"idleTimeout":null,"driverMemory":null,"jars":null,
         "conf":null,"numExecutors":null,"heartbeatTimeoutInSecond":null,"queue":null}
        """)
      #expect(empty.status == 201, "\(empty.text)")
      #expect(empty.json["kind"] == .string("shared"))
      #expect(empty.json["numExecutors"]?.integer == 0)
      #expect(empty.json["jars"] == .array([]))
      let coerced = try await exchange.post(
        "/sessions", #"{"driverMemory":1024,"queue":true,"executorMemory":2.5}"#)
      #expect(coerced.json["driverMemory"] == .string("1024"))
      #expect(coerced.json["queue"] == .string("true"))
      #expect(coerced.json["executorMemory"] == .string("2.5"))
    }
  }

  @Test("execution_count is the statement's number, in results and in errors")
  func executionCount() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      for (number, code) in ["1", "2", "raise"].enumerated() {
        let statement = try await exchange.finishedStatement(code, in: 0)
        #expect(statement["output"]?["execution_count"]?.integer == Int64(number))
      }
    }
  }

  @Test("Answers harden browsers by four headers, and do not say who the server is")
  func headers() async throws {
    try await Exchange.run(via: .live) { exchange async throws in
      let headers = try await exchange.get("/version").headers
      #expect(headers[try .named("X-XSS-Protection")] == "1; mode=block")
      #expect(headers[try .named("X-Content-Type-Options")] == "nosniff")
      #expect(headers[try .named("X-Frame-Options")] == "SAMEORIGIN")
      #expect(headers[.contentSecurityPolicy] != nil)
      #expect(headers[.server] == nil)
    }
  }

  @Test("The version has six texts, of which the revision is the server's own")
  func version() async throws {
    var settings = RESTSettings()
    settings.revision = "1.2.3"
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let answer = try await exchange.get("/version")
      #expect(answer.names.count == 6)
      for name in answer.names { #expect(answer.json[name]?.text != nil, "\(name)") }
      #expect(answer.json["revision"] == .string("1.2.3"))
    }
  }

  @Test("What needs a session that is ready is refused before it is")
  func notActive() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      _ = try await exchange.post("/sessions", "{}")
      #expect(try await exchange.get("/sessions/0/statements/0").status == 400)
      for kind in ["jar", "pyfile", "file"] {
        let added = try await exchange.post("/sessions/0/add-\(kind)", #"{"uri":"hdfs:///x"}"#)
        #expect(added.status == 400, "add-\(kind): \(added.text)")
      }
      for (kind, part) in [("jar", "jar"), ("pyfile", "file"), ("file", "file")] {
        let form =
          "--XX\r\nContent-Disposition: form-data; name=\"\(part)\"; filename=\"a\"\r\n\r\nx"
          + "\r\n--XX--\r\n"
        let sent = try await exchange.send(
          .post, "/sessions/0/upload-\(kind)", form,
          headers: [.contentType: "multipart/form-data; boundary=XX"])
        #expect(sent.status == 400, "upload-\(kind): \(sent.text)")
      }
    }
  }

  @Test("The body of connect is not looked at")
  func connect() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      #expect(try await exchange.post("/sessions/0/connect", "{ no JSON").status == 200)
    }
  }
}
