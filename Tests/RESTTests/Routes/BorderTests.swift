// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import LivyAPI
import LivyCore
import LivyREST
import RESTTestSupport
import Testing

@Suite("The border of the REST API")
struct BorderTests {
  @Test(
    "A body that is not the JSON that is wanted is a JSON string that says why",
    arguments: [
      ("", "No content"), ("{", "end-of-input"), ("nonsense", "Unexpected character"),
      ("[]", "expected an object"), ("null", "expected an object"), ("{} {}", "nothing after"),
      (#"{"kind":["sql"]}"#, "expected a text"), (#"{"conf":"x"}"#, "expected an object"),
      (#"{"jars":"x"}"#, "expected an array"), (#"{"numExecutors":"many"}"#, "whole number"),
      (#"{"numExecutors":1.5}"#, "whole number"), (#"{"numExecutors":3000000000}"#, "range of int"),
      (#"{"numExecutors":true}"#, "whole number"), (#"{"name":{"a":1}}"#, "expected a text"),
      (#"{"kind":"sql","kind":"spark"}"#, "Duplicate field 'kind'"),
      (#"{"driverCores":NaN}"#, "Unexpected character"), (#"{'kind':'sql'}"#, "field name"),
    ])
  func badBodies(body: String, reason: String) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.post("/sessions", body)
      #expect(answer.isString(400, containing: reason), "\(answer.text)")
    }
  }

  @Test("An unknown field is refused by its name")
  func unknownField() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.post("/sessions", #"{"kindd":"sql"}"#)
      #expect(session.isString(400, containing: #"Unrecognized field "kindd" (class "#))
      #expect(session.text.contains("not marked as ignorable"))
      try await exchange.readySession()
      let statement = try await exchange.post("/sessions/0/statements", #"{"code":"1","k":2}"#)
      #expect(statement.isString(400, containing: #"Unrecognized field "k""#))
      let noCode = try await exchange.post("/sessions/0/statements", "{}")
      #expect(noCode.isString(400, containing: "code"))
    }
  }

  @Test("Deep and huge JSON is refused, and the server lives on")
  func bombs() async throws {
    var settings = RESTSettings()
    settings.limits.bodyBytesMax = 300_000
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let deep = String(repeating: "[", count: 100_000)
      #expect(try await exchange.post("/sessions", deep).isString(400, containing: "depth"))
      let wide = #"{"conf":\#(String(repeating: #"{"a":"#, count: 40_000))"#
      #expect(try await exchange.post("/sessions", wide).isString(400, containing: "depth"))
      let long = #"{"numExecutors":\#(String(repeating: "9", count: 100_000))}"#
      #expect(try await exchange.post("/sessions", long).isString(400, containing: "length"))
      let large = #"{"name":"\#(String(repeating: "x", count: 400_000))"}"#
      #expect(try await exchange.post("/sessions", large).isString(413, containing: "300000"))
      #expect(try await exchange.get("/sessions").status == 200)
    }
  }

  @Test("The version is Livy's, our own stands in revision")
  func version() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.get("/version")
      #expect(answer.names == ["version", "user", "revision", "branch", "date", "url"])
      #expect(answer.json["version"] == .string("0.9.0-incubating"))
      #expect(answer.json["revision"] == .string("livy-swift"))
      #expect(try await exchange.get("/version/").text == answer.text)
    }
  }

  @Test("Every answer carries the security headers, and none names the server")
  func securityHeaders() async throws {
    var settings = RESTSettings()
    settings.securityHeaders[2].value = ""
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      for path in ["/version", "/sessions/9", "/nowhere", "/sessions/0/statements/x"] {
        let headers = try await exchange.get(path).headers
        #expect(headers[try .named("X-Content-Type-Options")] == "nosniff")
        #expect(headers[try .named("X-Frame-Options")] == "SAMEORIGIN")
        #expect(
          headers[.contentSecurityPolicy]
            == "default-src 'self'; script-src 'self' 'unsafe-inline'; img-src 'self'; "
            + "frame-src 'self';")
        #expect(headers[try .named("X-XSS-Protection")] == nil, "switched off by its empty value")
        #expect(headers[.strictTransportSecurity] == nil)
      }
    }
  }

  @Test(
    "Unknown routes are 404 with an empty body",
    arguments: [
      "/nowhere", "/sessions/0/nowhere", "/ui/x", "/metrics/x", "/sessions/0/statements/0/x",
      "/static", "/batches/0/statements", "/batches/0/connect",
    ])
  func unknownRoutes(path: String) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.get(path)
      #expect(answer.status == 404)
      #expect(answer.text.isEmpty)
    }
  }

  @Test(
    "A known path with another method is 405 and says what is allowed",
    arguments: [
      (HTTPRequest.Method.put, "/sessions", "GET, POST, HEAD"),
      (.delete, "/sessions", "GET, POST, HEAD"), (.post, "/sessions/0", "GET, DELETE, HEAD"),
      (.patch, "/sessions/0/statements/1", "GET, HEAD"), (.post, "/version", "GET, HEAD"),
    ])
  func wrongMethods(method: HTTPRequest.Method, path: String, allowed: String) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.send(method, path)
      #expect(answer.status == 405)
      #expect(answer.headers[.allow] == allowed)
      #expect(answer.text.isEmpty)
    }
  }

  @Test("HEAD answers as GET without the body")
  func head() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.send(.head, "/sessions")
      #expect(answer.status == 200)
      #expect(answer.text.isEmpty)
      #expect(answer.headers[.contentType] == "application/json;charset=utf-8")
      let missing = try await exchange.send(.head, "/sessions/7")
      #expect(missing.status == 404)
      #expect(missing.text.isEmpty)
    }
  }

  @Test("The root leads to the page of the server")
  func root() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.get("/")
      #expect(answer.status == 302)
      #expect(answer.headers[.location] == "/ui/")
    }
  }

  @Test("Accept: our version passes, another is 406, anything else is ignored")
  func accept() async throws {
    try await Exchange.run { exchange async throws in
      func status(_ accept: String) async throws -> Answer {
        try await exchange.send(.get, "/version", headers: [.accept: accept])
      }
      for fine in ["application/vnd.livy.v0.1+json", "text/html", "*/*", "application/json"] {
        #expect(try await status(fine).status == 200)
      }
      #expect(
        try await status("application/vnd.livy.v2.0+json")
          .isString(406, containing: "No value found for '2.0'"))
    }
  }

  @Test("Content type and Authorization are not looked at")
  func ignoredHeaders() async throws {
    try await Exchange.run { exchange async throws in
      for type in ["text/plain", "application/x-www-form-urlencoded", "nonsense", ""] {
        let answer = try await exchange.send(
          .post, "/sessions", "{}", headers: [.contentType: type, .authorization: "Basic bWU6"])
        #expect(answer.status == 201)
      }
    }
  }

  @Test("Pages of other sites cannot use a browser to reach us")
  func browsers() async throws {
    try await Exchange.run { exchange async throws in
      let foreign: HTTPFields = [.origin: "https://evil.example"]
      let post = try await exchange.send(.post, "/sessions", "{}", headers: foreign)
      #expect(post.status == 403)
      #expect(try await exchange.get("/sessions").json["total"]?.integer == 0)
      let own: HTTPFields = [.origin: "http://localhost"]
      #expect(try await exchange.send(.post, "/sessions", "{}", headers: own).status == 201)
    }
  }

  @Test("With protection on, a request that changes something needs X-Requested-By")
  func requestedBy() async throws {
    var settings = RESTSettings()
    settings.browsers.requestedBy = .required
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let refused = try await exchange.post("/sessions", "{}")
      #expect(refused.status == 400)
      #expect(refused.text.contains("Missing Required Header for CSRF protection."))
      #expect(try await exchange.get("/sessions").status == 200)
      #expect(try await exchange.send(.head, "/sessions").status == 200)
      #expect(try await exchange.send(.options, "/sessions").status == 405)
      #expect(try await exchange.send(.delete, "/sessions/0").status == 400)
      let name = try #require(HTTPField.Name("X-Requested-By"))
      let accepted = try await exchange.send(.post, "/sessions", "{}", headers: [name: "me"])
      #expect(accepted.status == 201)
    }
  }
}
