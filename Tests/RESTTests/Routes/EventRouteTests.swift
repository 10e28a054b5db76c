// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyCore
import LivyREST
import LivyServer
import RESTTestSupport
import Testing

@Suite("Routes that follow a session")
struct EventRouteTests {
  private static func news(_ answer: Answer) throws -> [SessionNews] {
    try events(answer).compactMap { try SessionNews($0, limits: .answers) }
  }

  private static func events(_ answer: Answer) throws -> [ServerSentEvent] {
    var reader = ServerSentEventReader()
    return try reader.read(Array(answer.text.utf8))
  }

  @Test("A statement's events tell its output while it runs, then its end, and end themselves")
  func statement() async throws {
    let spark = ScriptedSpark()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      try await exchange.readySession()
      _ = try await exchange.post("/sessions/0/statements", #"{"code":"print hello\nworld"}"#)
      async let following = exchange.get("/sessions/0/statements/0/events")
      let isRunning = try await eventually {
        try await exchange.get("/sessions/0/statements/0").json["state"] == .string("running")
      }
      #expect(isRunning)
      spark.release.open()
      let answer = try await following
      #expect(answer.status == 200)
      #expect(answer.headers[.contentType] == "text/event-stream;charset=utf-8")
      #expect(answer.headers[.cacheControl] == "no-store")
      let news = try Self.news(answer)
      let output = SessionNews.output(statement: 0, offset: 0, text: "hello\nworld")
      #expect(news.contains(output), "\(answer.text)")
      #expect(news.contains(.progress(statement: 0, 0.25)))
      guard case .done(let statement)? = news.last else {
        Issue.record("it ends with \(answer.text)")
        return
      }
      #expect(statement.state == .available && statement.code == "print hello\nworld")
      #expect(statement.output != nil)
    }
  }

  @Test("Last-Event-ID goes on behind it; one that is not known brings reset, and all that is kept")
  func resume() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      _ = try await exchange.finishedStatement("1", in: session)
      let path = "/sessions/0/statements/0/events"
      let whole = try Self.events(try await exchange.get(path))
      #expect(whole.map(\.name) == ["state", "state", "done"])
      let second = try #require(whole.dropFirst().first?.id)
      let rest = try await exchange.send(.get, path, headers: Self.lastEvent(second))
      #expect(try Self.events(rest) == [whole[2]])
      for unknown in ["0-1", "1-99999", "nonsense", "", "1-", "\(UInt64.max)-\(UInt64.max)"] {
        let again = try await exchange.send(.get, path, headers: Self.lastEvent(unknown))
        #expect(try Self.news(again).first == .reset, "\(unknown)")
        #expect(try Self.events(again).dropFirst() == whole[...], "\(unknown)")
      }
    }
  }

  @Test("A session's events go on until it is deleted")
  func session() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      async let following = exchange.get("/sessions/0/events/")
      // The follower may come late, but never after the end.
      _ = try await exchange.finishedStatement("1", in: session)
      try await Task.sleep(for: .milliseconds(50))
      #expect(try await exchange.send(.delete, "/sessions/0").status == 200)
      let news = try Self.news(try await following)
      guard case .session(0, let first)? = news.first, case .session(0, let last)? = news.last
      else {
        Issue.record("heard \(news)")
        return
      }
      #expect(first.rawValue == "idle" || first.rawValue == "busy")
      #expect(last.isFinished)
    }
  }

  @Test("What there is not is 404, before the stream begins")
  func unknown() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      #expect(
        try await exchange.get("/sessions/7/events").isMessage(404, "Session '7' not found."))
      #expect(
        try await exchange.get("/sessions/0/statements/3/events")
          .isString(404, containing: "Statement not found"))
      #expect(try await exchange.post("/sessions/0/events", "{}").status == 405)
    }
  }

  @Test("Above the limit of followers there is 429, and a place is free again afterwards")
  func seats() async throws {
    var settings = RESTSettings()
    settings.limits.followersMax = 1
    let spark = ScriptedSpark()
    try await Exchange.run(ServerUnderTest(spark: spark, settings: settings)) {
      exchange async throws in
      try await exchange.readySession()
      _ = try await exchange.post("/sessions/0/statements", #"{"code":"hold"}"#)
      let path = "/sessions/0/statements/0/events"
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<2 { group.addTask { try await exchange.get(path).status } }
        var statuses: [Int] = []
        while let status = try await group.next() {
          statuses.append(status)
          // The other one follows until the statement ends.
          spark.release.open()
        }
        return statuses
      }
      #expect(statuses == [429, 200])
      #expect(try await exchange.send(.head, path).status == 200, "without a body to end")
      #expect(try await exchange.get(path).status == 200)
    }
  }

  @Test("?wait= answers at the statement's end; nonsense is refused")
  func wait() async throws {
    let spark = ScriptedSpark()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      try await exchange.readySession()
      _ = try await exchange.post("/sessions/0/statements", #"{"code":"hold"}"#)
      let early = try await exchange.get("/sessions/0/statements/0?wait=0.01")
      #expect(early.json["state"] != .string("available"))
      async let waited = exchange.get("/sessions/0/statements/0?wait=30")
      spark.release.open()
      #expect(try await waited.json["state"] == .string("available"))
      for wrong in ["x", "-1", "nan", ""] {
        #expect(
          try await exchange.get("/sessions/0/statements/0?wait=\(wrong)")
            .isMessage(400, "For input string: \"\(wrong)\""), "\(wrong)")
      }
      #expect(try await exchange.get("/sessions/0/statements/0?wait=1e300").status == 200)
    }
  }

  @Test("The statements of a session stay readable as history when it has ended")
  func history() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      let done = try await exchange.finishedStatement("1", in: session)
      #expect(try await exchange.get("/sessions/0/history/0").json == done)
      await exchange.server.directory.shutDown(within: .zero)
      #expect(
        try await exchange.get("/sessions/0/statements")
          .isMessage(400, "requirement failed: Session isn't active."))
      let page = try await exchange.get("/sessions/0/history?size=1&order=desc").json
      #expect(page["total_statements"]?.integer == 1)
      #expect(page["statements"]?.elements == [done])
      #expect(
        try await exchange.get("/sessions/0/history/9")
          .isString(404, containing: "Statement not found"))
    }
  }

  @Test("Too many unfinished statements are 429 with Retry-After, and nothing is lost")
  func queue() async throws {
    let spark = ScriptedSpark()
    var sessions = SessionSettings()
    sessions.waitingStatementsMax = 2
    try await Exchange.run(ServerUnderTest(spark: spark, sessions: sessions)) {
      exchange async throws in
      try await exchange.readySession()
      for code in ["hold", "2"] {
        let body = #"{"code":"\#(code)"}"#
        #expect(try await exchange.post("/sessions/0/statements", body).status == 201)
      }
      let refused = try await exchange.post("/sessions/0/statements", #"{"code":"3"}"#)
      #expect(refused.status == 429)
      #expect(refused.headers[.retryAfter] == "1")
      #expect(refused.names == ["msg"])
      spark.release.open()
      let isThere = try await eventually {
        try await exchange.post("/sessions/0/statements", #"{"code":"3"}"#).status == 201
      }
      #expect(isThere)
    }
  }

  private static func lastEvent(_ id: String) -> HTTPFields {
    var fields = HTTPFields()
    if let name = HTTPField.Name("Last-Event-ID") { fields[name] = id }
    return fields
  }
}
