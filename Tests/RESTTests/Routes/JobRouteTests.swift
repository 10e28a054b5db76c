// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyCore
import LivyREST
import RESTTestSupport
import Testing

@Suite("Routes of jobs")
struct JobRouteTests {
  private func body(_ program: String, type: String? = "pyspark") -> String {
    JSONWriter.text(of: SerializedJob(program: Array(program.utf8), jobType: type))
  }

  private func finished(_ exchange: Exchange, _ job: Int) async throws -> Answer {
    let isOver = try await eventually {
      let state = try await exchange.get("/sessions/0/jobs/\(job)").json["state"]?.text ?? ""
      return JobStatus.State(rawValue: state).isFinished
    }
    #expect(isOver)
    return try await exchange.get("/sessions/0/jobs/\(job)")
  }

  @Test("A job is answered at once as sent, and its result comes in base64 of base64")
  func submit() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      for (number, route) in [(1, "submit-job"), (2, "run-job")] {
        let created = try await exchange.post("/sessions/0/\(route)", body("return"))
        #expect(created.status == 201)
        #expect(
          created.text == #"{"id":\#(number),"state":"SENT","result":null,"error":null}"#)
        // "return" is cmV0dXJu in base64.
        let done = try await finished(exchange, number)
        #expect(done.status == 200)
        #expect(
          done.text
            == #"{"id":\#(number),"state":"SUCCEEDED","result":"Y21WMGRYSnU=","error":null}"#)
      }
    }
  }

  @Test("A job that raises has failed, with the traceback")
  func raise() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      _ = try await exchange.post("/sessions/0/submit-job", body("raise"))
      let done = try await finished(exchange, 1)
      #expect(
        done.text == #"{"id":1,"state":"FAILED","result":null,"error":"Client job error:raise"}"#)
    }
  }

  @Test("A job that is cancelled says so; the answer is empty, also for an unknown one")
  func cancel() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      _ = try await exchange.post("/sessions/0/run-job", body("hold"))
      let isStarted = try await eventually {
        try await exchange.get("/sessions/0/jobs/1").json["state"] == .string("STARTED")
      }
      #expect(isStarted)
      for job in ["1", "77", "-1"] {
        let answer = try await exchange.post("/sessions/0/jobs/\(job)/cancel", nil)
        #expect(answer.status == 200)
        #expect(answer.text == "")
      }
      #expect(try await finished(exchange, 1).json["state"] == .string("CANCELLED"))
    }
  }

  @Test("An unknown job is a Java exception, as Livy has it; a number that is none is refused")
  func unknown() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      for job in ["1", "0", "-4"] {
        let answer = try await exchange.get("/sessions/0/jobs/\(job)")
        #expect(
          answer.isString(
            500, containing: "java.util.NoSuchElementException: key not found: \(job)"))
      }
      #expect(
        try await exchange.get("/sessions/0/jobs/x").isMessage(400, "For input string: \"x\""))
      #expect(
        try await exchange.get("/sessions/9/jobs/1").isMessage(404, "Session '9' not found."))
    }
  }

  @Test("What is no job is refused, with the words that clients know")
  func refusals() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      for body in [#"{"job":"","jobType":"pyspark"}"#, #"{"jobType":"pyspark"}"#, "{}"] {
        #expect(
          try await exchange.post("/sessions/0/submit-job", body)
            .isMessage(400, "requirement failed: no job provided."))
      }
      for type in ["spark", nil] {
        let answer = try await exchange.post("/sessions/0/run-job", body("x", type: type))
        #expect(answer.status == 400)
        #expect(answer.json["msg"]?.text?.contains("Kryo") == true)
        #expect(answer.json["msg"]?.text?.contains("pyspark") == true)
      }
      #expect(
        try await exchange.post("/sessions/0/submit-job", body("x", type: "cobol"))
          .isMessage(400, "Invalid kind: cobol"))
      #expect(
        try await exchange.post("/sessions/0/submit-job", #"{"job":"%%%","jobType":"pyspark"}"#)
          .isString(400, containing: "not base64"))
      #expect(
        try await exchange.post("/sessions/0/submit-job", #"{"jobs":"x"}"#)
          .isString(400, containing: "Unrecognized field \"jobs\""))
    }
  }

  @Test("A session that has not come up, or is over, takes no jobs")
  func inactive() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      _ = try await exchange.post("/sessions", "{}")
      let words = "requirement failed: Session isn't active."
      for (route, body) in [
        ("submit-job", body("return")), ("run-job", body("return")),
        ("add-file", #"{"uri":"hdfs:/x"}"#), ("jobs/1/cancel", "{}"),
      ] {
        #expect(try await exchange.post("/sessions/0/\(route)", body).isMessage(400, words))
      }
      #expect(try await exchange.get("/sessions/0/jobs/1").isMessage(400, words))
    }
  }
}
