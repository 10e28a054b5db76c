// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdTesting
import LivyAPI
import LivyCore
import LivyREST
import RESTTestSupport
import Testing

@Suite("The REST port")
struct LiveTests {
  @Test("A whole session over a real socket")
  func session() async throws {
    try await Exchange.run(via: .live) { exchange async throws in
      let id = try await exchange.readySession()
      let statement = try await exchange.finishedStatement("1+1", in: id)
      #expect(statement["output"]?["data"]?["text/plain"] == .string("ran 1+1"))
      #expect(try await exchange.send(.delete, "/sessions/\(id)").isMessage(200, "deleted"))
    }
  }

  @Test("A client that waits for 100 Continue is told to go on, then answered")
  func expectContinue() async throws {
    try await Exchange.run(via: .ahc()) { exchange async throws in
      let answer = try await exchange.send(
        .post, "/sessions", "{}", headers: [.expect: "100-continue"])
      #expect(answer.status == 201)
    }
  }

  @Test("A port that is taken is an error that says so and what to do")
  func portTaken() async throws {
    let server = ServerUnderTest()
    try await server.listening { url in
      var settings = RESTSettings()
      settings.port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
      let second = ServerUnderTest(settings: settings)
      let error = await #expect(throws: LivyError.self) { try await second.server().run() }
      #expect(error?.code == .configuration)
      #expect(error?.message.contains("127.0.0.1:\(settings.port)") == true)
      #expect(error?.message.contains("something else listens there") == true)
    }
  }

  @Test("A host that is none of this machine is an error that says so")
  func foreignHost() async throws {
    var settings = RESTSettings()
    settings.host = "192.0.2.1"
    let error = await #expect(throws: LivyError.self) {
      try await ServerUnderTest(settings: settings).server().run()
    }
    #expect(error?.message.contains("no address of this machine") == true)
  }
}
