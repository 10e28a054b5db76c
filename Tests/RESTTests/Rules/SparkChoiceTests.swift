// SPDX-License-Identifier: Apache-2.0

import LivyAPI
import LivyCore
import RESTTestSupport
import Testing

@testable import LivyREST

@Suite("The choice of a Spark, and files in further conf keys")
struct SparkChoiceTests {
  @Test("A session and a batch may name a Spark that the server knows, and no other")
  func choice() async throws {
    var settings = RESTSettings()
    settings.requests.sparkHomes = ["3.5", "4.0"]
    settings.requests.files = FileURIRules(localFolders: ["/data"])
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let known = #""conf":{"livy.spark.home":"4.0"}"#
      let unknown = #""conf":{"livy.spark.home":"5"}"#
      #expect(try await exchange.post("/sessions", "{\(known)}").status == 201)
      #expect(
        try await exchange.post("/batches", #"{"file":"/data/a.py",\#(known)}"#).status == 201)
      let words = "Rejected, Reason: livy.spark.home is \"5\"; this server knows 3.5, 4.0"
      for (path, body) in [
        ("/sessions", "{\(unknown)}"), ("/batches", #"{"file":"/data/a.py",\#(unknown)}"#),
      ] {
        let answer = try await exchange.post(path, body)
        #expect(answer.status == 400)
        #expect(answer.json["msg"] == .string(words), "\(answer.text)")
      }
    }
  }

  @Test("Keys that the operator names as lists of files are checked as Spark's own are")
  func fileKeys() throws {
    var rules = SessionRequestRules()
    rules.files = FileURIRules(localFolders: ["/data"])
    let conf = ["spark.my.files": "/data/a,/etc/passwd"]
    try rules.checkFiles([], conf)
    rules.fileKeys.append("spark.my.files")
    #expect(throws: LivyError.self) { try rules.checkFiles([], conf) }
    try rules.checkFiles([], ["spark.my.files": "/data/a /data/b"])
  }
}
