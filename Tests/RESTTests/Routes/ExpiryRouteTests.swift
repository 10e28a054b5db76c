// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import LivyAPI
import LivyCore
import LivyServer
import RESTTestSupport
import Testing

@Suite("Signs of life over REST")
struct ExpiryRouteTests {
  /// When a session would end, by cause; asked for past REST, since each request is a heartbeat.
  private static func expiries(
    _ exchange: Exchange, _ id: Int64
  ) async throws -> [SessionExpiry.Cause: Int64] {
    let id = SessionID(try #require(Int32(exactly: id)))
    let snapshot = try #require(await exchange.server.directory.snapshot(.id(id)))
    return Dictionary(
      snapshot.expiries.map { ($0.cause, $0.atMilliseconds) }, uniquingKeysWith: { $1 })
  }

  private static func watched(_ exchange: Exchange) async throws -> Int64 {
    try await exchange.readySession(#"{"kind":"pyspark","heartbeatTimeoutInSecond":600}"#)
  }

  /// Sends a request when the clock has moved on, and says which ends it has put off.
  private static func putOff(
    _ exchange: Exchange, _ id: Int64, by request: () async throws -> Answer
  ) async throws -> (answer: Answer, ends: Set<SessionExpiry.Cause>) {
    let before = try await expiries(exchange, id)
    try await Task.sleep(for: .milliseconds(3))
    let answer = try await request()
    let after = try await expiries(exchange, id)
    return (answer, Set(after.keys.filter { after[$0] != before[$0] }))
  }

  @Test("POST connect answers the session with 200, and counts as use")
  func connect() async throws {
    try await Exchange.run { exchange async throws in
      let id = try await Self.watched(exchange)
      let (answer, ends) = try await Self.putOff(exchange, id) {
        try await exchange.post("/sessions/\(id)/connect", nil)
      }
      #expect(answer.status == 200)
      #expect(answer.json["id"]?.integer == id)
      #expect(answer.names.count == 23)
      #expect(ends == [.idle, .heartbeat])
      let gone = try await exchange.post("/sessions/99/connect", "{}")
      #expect(gone.isMessage(404, "Session '99' not found."))
      #expect(try await exchange.get("/sessions/\(id)/connect").status == 405)
    }
  }

  @Test(
    "Every POST that was taken is use: statements, their cancellation, completion, jobs, files",
    arguments: [
      ("statements?wait=30", #"{"code":"1"}"#), ("statements/7/cancel", "{}"),
      ("completion", #"{"code":"a","cursor":1}"#),
      ("submit-job", #"{"job":"AAA=","jobType":"pyspark"}"#),
      ("add-file", #"{"uri":"hdfs:///x"}"#),
    ])
  func use(route: String, body: String) async throws {
    try await Exchange.run { exchange async throws in
      let id = try await Self.watched(exchange)
      let (answer, ends) = try await Self.putOff(exchange, id) {
        try await exchange.post("/sessions/\(id)/\(route)", body)
      }
      #expect(200..<300 ~= answer.status, "\(answer.text)")
      #expect(ends.isSuperset(of: [.idle, .heartbeat]), "\(ends)")
    }
  }

  @Test(
    "Looking at a session is no use of it",
    arguments: ["", "/state", "/log", "/statements", "/phases", "/statements/7"])
  func looking(path: String) async throws {
    try await Exchange.run { exchange async throws in
      let id = try await Self.watched(exchange)
      let (_, ends) = try await Self.putOff(exchange, id) {
        try await exchange.get("/sessions/\(id)\(path)")
      }
      #expect(ends == [.heartbeat])
    }
  }

  @Test("The phases say when the session will end, and why")
  func phases() async throws {
    try await Exchange.run { exchange async throws in
      let id = try await Self.watched(exchange)
      let shown = try await exchange.get("/sessions/\(id)/phases").json["expiries"]?.elements ?? []
      #expect(shown.map { $0["cause"]?.text } == ["heartbeat", "idle"])
      let times = try await Self.expiries(exchange, id)
      #expect(shown.map { $0["at"]?.integer } == [times[.heartbeat], times[.idle]])
    }
  }

  @Test("A POST that was refused is no use either; the list is not even a heartbeat")
  func refused() async throws {
    try await Exchange.run { exchange async throws in
      let id = try await Self.watched(exchange)
      let (answer, ends) = try await Self.putOff(exchange, id) {
        try await exchange.post("/sessions/\(id)/statements", "{")
      }
      #expect(answer.status == 400)
      #expect(ends == [.heartbeat])
      let list = try await Self.putOff(exchange, id) { try await exchange.get("/sessions") }
      #expect(list.ends == [])
    }
  }
}
