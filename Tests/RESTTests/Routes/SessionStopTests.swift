// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyCore
import RESTTestSupport
import Testing

@Suite("Sessions that are stopped and stay listed")
struct SessionStopTests {
  @Test("POST stop waits for the end, answers 204 with nothing, and keeps the record")
  func stop() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession(#"{"kind":"sql","name":"n"}"#)
      let answer = try await exchange.post("/sessions/n/stop", nil)
      #expect(answer.status == 204)
      #expect(answer.text.isEmpty)
      #expect(try await exchange.get("/sessions/0/state").text == #"{"id":0,"state":"killed"}"#)
      #expect(try await exchange.get("/sessions/n").json["id"]?.integer == 0)
    }
  }

  @Test("POST interrupt stops too, with a word")
  func interrupt() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let answer = try await exchange.post("/sessions/0/interrupt/", "{}")
      #expect(answer.text == #"{"msg":"interrupted"}"#)
      #expect(answer.isMessage(200, "interrupted"))
      #expect(try await exchange.get("/sessions/0/state").json["state"] == .string("killed"))
    }
  }

  @Test(
    "What has ended is stopped again without harm, and can be deleted",
    arguments: ["stop", "interrupt"])
  func again(word: String) async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      for _ in 0..<2 {
        let answer = try await exchange.post("/sessions/0/\(word)", nil)
        #expect(answer.status == (word == "stop" ? 204 : 200))
      }
      #expect(try await exchange.send(.delete, "/sessions/0").isMessage(200, "deleted"))
      let gone = try await exchange.post("/sessions/0/\(word)", nil)
      #expect(gone.isMessage(404, "Session '0' not found."))
    }
  }

  @Test("A stopped session takes no statements", arguments: ["stop", "interrupt"])
  func afterwards(word: String) async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      _ = try await exchange.post("/sessions/0/\(word)", nil)
      let refused = try await exchange.post("/sessions/0/statements", #"{"code":"1"}"#)
      #expect(
        refused.isString(
          500, containing: "java.lang.IllegalStateException: Session is in state killed"))
      let list = try await exchange.get("/sessions/0/statements")
      #expect(list.isMessage(400, "requirement failed: Session isn't active."))
    }
  }

  @Test("One that is starting is stopped in its start")
  func starting() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      _ = try await exchange.post("/sessions", "{}")
      #expect(try await exchange.post("/sessions/0/stop", nil).status == 204)
      #expect(try await exchange.get("/sessions/0/state").json["state"] == .string("killed"))
    }
  }

  @Test("Of many DELETEs at once one ends the session, and the others are told")
  func manyDeletes() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<8 {
          group.addTask { try await exchange.send(.delete, "/sessions/0") }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count { $0.isMessage(200, "deleted") } == 1)
      for answer in answers where answer.status != 200 {
        let isTold =
          answer.isMessage(404, "Session 0 already stopped.")
          || answer.isMessage(404, "Session '0' not found.")
        #expect(isTold, "\(answer.text)")
      }
    }
  }

  @Test("They are POST alone, for sessions alone")
  func methods() async throws {
    try await Exchange.run { exchange async throws in
      for word in ["stop", "interrupt"] {
        let answer = try await exchange.get("/sessions/0/\(word)")
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == "POST")
        #expect(try await exchange.post("/batches/0/\(word)", nil).status == 404)
      }
    }
  }
}
