// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyREST
import RESTTestSupport
import Testing

@Suite("A POST that means another method")
struct MethodOverrideTests {
  @Test("By its header or its query it acts as that method", arguments: ["header", "query"])
  func overrides(way: String) async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let name = try #require(HTTPField.Name("X-HTTP-METHOD-OVERRIDE"))
      func post(_ path: String, as method: String) async throws -> Answer {
        way == "header"
          ? try await exchange.send(.post, path, "", headers: [name: method])
          : try await exchange.post("\(path)?_method=\(method)", nil)
      }
      #expect(try await post("/sessions/0/state", as: "GET").text == #"{"id":0,"state":"idle"}"#)
      #expect(try await post("/sessions/0", as: "PUT").status == 405)
      #expect(try await post("/sessions/0", as: "delete").isMessage(200, "deleted"))
    }
  }

  @Test("Another method stays what it is, and a word that is no method is ignored")
  func ignored() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      #expect(try await exchange.get("/sessions/0?_method=DELETE").status == 200)
      #expect(try await exchange.post("/sessions?_method=a%20b", "{}").status == 201)
      #expect(try await exchange.get("/sessions").json["total"]?.integer == 2)
    }
  }

  @Test("The rules for browsers look at the method that is meant")
  func browsers() async throws {
    var settings = RESTSettings()
    settings.browsers.requestedBy = .required
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let refused = try await exchange.post("/sessions/0?_method=DELETE", nil)
      #expect(refused.status == 400)
      #expect(refused.text.contains("CSRF"))
      #expect(try await exchange.post("/version?_method=GET", nil).status == 200)
    }
  }
}
