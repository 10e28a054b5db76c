// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyServer
import RESTTestSupport
import Testing

@Suite("Thousands of statements at once")
struct StatementFloodTests {
  private static let count = 5_000

  @Test("All are accepted and run in order, each result is right, and one more is 429")
  func flood() async throws {
    let spark = ScriptedSpark()
    var sessions = SessionSettings()
    sessions.retainedStatements = Self.count + 1
    sessions.waitingStatementsMax = Self.count + 1
    try await Exchange.run(
      ServerUnderTest(spark: spark, sessions: sessions)
    ) { exchange async throws in
      try await exchange.readySession()
      // The first one runs until all are in the queue.
      _ = try await exchange.post("/sessions/0/statements", #"{"code":"hold"}"#)
      try await Self.post(Self.count, through: exchange)
      let refused = try await exchange.post("/sessions/0/statements", #"{"code":"late"}"#)
      #expect(refused.status == 429)
      #expect(refused.headers[.retryAfter] == "1")
      spark.release.open()
      let last = try await exchange.get("/sessions/0/statements/\(Self.count)?wait=60")
      #expect(last.json["state"] == .string("available"))
      var codes: Set<String> = []
      for from in stride(from: 1, through: Self.count, by: 500) {
        let page = try await exchange.get("/sessions/0/statements?from=\(from)&size=500")
        let statements = page.json["statements"]?.elements ?? []
        #expect(
          statements.map { $0["id"]?.integer } == (from..<(from + 500)).map { Int64($0) })
        for statement in statements {
          guard case .string(let code)? = statement["code"] else { continue }
          let result = statement["output"]?["data"]?["text/plain"]
          if result == .string("ran \(code)") { codes.insert(code) }
        }
      }
      #expect(codes == Set((0..<Self.count).map { "code \($0)" }))
    }
  }

  @Test("What is not to be kept goes as soon as it was seen: the list does not grow")
  func bounded() async throws {
    var sessions = SessionSettings()
    sessions.retainedStatements = 50
    sessions.unreadRetain = .zero
    try await Exchange.run(ServerUnderTest(sessions: sessions)) { exchange async throws in
      try await exchange.readySession()
      try await Self.post(1_000, through: exchange)
      let last = try await exchange.get("/sessions/0/statements/999?wait=60")
      #expect(last.json["state"] == .string("available"))
      let list = try await exchange.get("/sessions/0/statements")
      #expect(list.json["total_statements"]?.integer == 50)
      #expect(list.json["statements"]?.elements.first?["id"]?.integer == 950)
    }
  }

  /// Over eight ways at once.
  private static func post(_ count: Int, through exchange: Exchange) async throws {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for way in 0..<8 {
        group.addTask {
          var accepted = 0
          for number in stride(from: way, to: count, by: 8) {
            let answer = try await exchange.post(
              "/sessions/0/statements", #"{"code":"code \#(number)"}"#)
            if answer.status == 201 { accepted += 1 }
          }
          return accepted
        }
      }
      let accepted = try await group.reduce(0, +)
      #expect(accepted == count)
    }
  }
}
