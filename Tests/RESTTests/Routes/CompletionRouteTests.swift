// SPDX-License-Identifier: Apache-2.0

import LivyAPI
import LivyCore
import RESTTestSupport
import Testing

@Suite("Route of completion")
struct CompletionRouteTests {
  @Test(
    "Candidates come for a kind, the session's own without one, at a cursor that may lie anywhere")
  func complete() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let cases: [(body: String, candidate: String)] = [
        (#"{"code":"sc.par","kind":"spark","cursor":4}"#, "spark:sc.p"),
        (#"{"code":"sc.par","kind":"scala","cursor":"6"}"#, "spark:sc.par"),
        (#"{"code":"é😀x","kind":null,"cursor":2}"#, "pyspark:é"),
        (#"{"code":"sel","kind":"sql","cursor":99}"#, "sql:sel"),
        (#"{"code":"sel","kind":"shared","cursor":-3}"#, "pyspark:"),
        (#"{"code":"sel"}"#, "pyspark:"),
      ]
      for (body, candidate) in cases {
        let answer = try await exchange.post("/sessions/0/completion", body)
        #expect(answer.status == 200)
        #expect(answer.names == ["candidates"])
        #expect(answer.json["candidates"]?.elements == [.string(candidate)], "\(body)")
      }
    }
  }

  @Test("Errors have Livy's shapes")
  func errors() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession(#"{"kind":"shared"}"#)
      func post(_ body: String, to session: Int = 0) async throws -> Answer {
        try await exchange.post("/sessions/\(session)/completion", body)
      }
      let bad = try await post(#"{"code":"x","kind":"cobol","cursor":1}"#)
      #expect(bad.isString(500, containing: "Invalid kind: cobol"))
      let none = try await post(#"{"code":"x","cursor":1}"#)
      #expect(
        none.isString(500, containing: "Code type should be specified if session kind is shared"))
      let unknown = try await post(#"{"code":"x","kind":"sql","cursor":1}"#, to: 9)
      #expect(unknown.isMessage(404, "Session '9' not found."))
      for body in ["", "[]", #"{"cursor":1}"#, #"{"code":"x","cursor":3000000000}"#] {
        #expect(try await post(body).status == 400, "\(body)")
      }
      let field = try await post(#"{"code":"x","kind":"sql","cursor":1,"more":2}"#)
      #expect(field.isString(400, containing: #"Unrecognized field "more""#))
      let method = try await exchange.get("/sessions/0/completion")
      #expect(method.status == 405)
    }
  }

  @Test("A session that is starting completes nothing, and says so")
  func notReady() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      _ = try await exchange.post("/sessions", #"{"kind":"sql"}"#)
      let refused = try await exchange.post(
        "/sessions/0/completion", #"{"code":"x","kind":"sql","cursor":1}"#)
      #expect(
        refused.isString(
          500, containing: "java.lang.IllegalStateException: Session is in state starting"))
    }
  }
}
