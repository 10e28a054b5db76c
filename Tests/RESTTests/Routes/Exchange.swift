// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LivyAPI
import LivyCore
import LivyREST
import NIOCore
import RESTTestSupport
import Testing

/// Sends requests straight to the router of a server under test.
struct Exchange {
  let client: any TestClientProtocol
  let server: ServerUnderTest

  /// Runs `body` against a fresh server and ends all its sessions.
  static func run(
    _ server: ServerUnderTest = ServerUnderTest(), via setup: TestingSetup = .router,
    _ body: @escaping @Sendable (Exchange) async throws -> Void
  ) async throws {
    do {
      try await server.server().application().test(setup) { client in
        try await body(Exchange(client: client, server: server))
      }
    } catch {
      await server.shutDown()
      throw error
    }
    await server.shutDown()
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]
  ) async throws -> Answer {
    let buffer = body.map { ByteBuffer(string: $0) }
    let response = try await client.executeRequest(
      uri: path, method: method, headers: headers, body: buffer)
    return Answer(
      status: response.status.code, headers: response.headers,
      text: String(buffer: response.body))
  }

  func get(_ path: String) async throws -> Answer { try await send(.get, path) }

  func post(_ path: String, _ body: String?) async throws -> Answer {
    try await send(.post, path, body)
  }

  /// Makes a session and waits until it is idle; gives its number.
  @discardableResult
  func readySession(_ body: String = #"{"kind":"pyspark"}"#) async throws -> Int64 {
    let created = try await post("/sessions", body)
    #expect(created.status == 201)
    let number = try #require(created.json["id"]?.integer)
    let isIdle = try await eventually {
      try await get("/sessions/\(number)/state").json["state"] == .string("idle")
    }
    #expect(isIdle)
    return number
  }

  /// Sends a statement and waits until it is available.
  func finishedStatement(_ code: String, in session: Int64) async throws -> JSONValue {
    let body = JSONWriter.text(of: ["code": code])
    let created = try await post("/sessions/\(session)/statements", body)
    #expect(created.status == 201)
    let id = try #require(created.json["id"]?.integer)
    var statement = JSONValue.null
    let isAvailable = try await eventually {
      statement = try await get("/sessions/\(session)/statements/\(id)").json
      return statement["state"] == .string("available")
    }
    #expect(isAvailable)
    return statement
  }
}

struct Answer: Sendable {
  var status: Int
  var headers: HTTPFields
  var text: String

  /// The body as JSON; `null` and a failed expectation when it is none.
  var json: JSONValue {
    do {
      return try JSONValue(parsing: Array(text.utf8), limits: .answers)
    } catch {
      Issue.record("not JSON: \(text): \(error)")
      return .null
    }
  }

  var names: [String] {
    guard case .object(let members) = json else { return [] }
    return members.map(\.name)
  }

  /// `{"msg": ...}` and nothing else.
  func isMessage(_ status: Int, _ message: String) -> Bool {
    self.status == status
      && json == .object([JSONMember(name: "msg", value: .string(message))])
      && headers[.contentType] == "application/json;charset=utf-8"
  }

  /// A bare JSON string that contains `part`.
  func isString(_ status: Int, containing part: String) -> Bool {
    guard self.status == status, case .string(let text) = json else { return false }
    return text.contains(part) && headers[.contentType] == "application/json;charset=utf-8"
  }
}

extension JSONValue {
  var integer: Int64? {
    guard case .number(let number) = self else { return nil }
    return number.integer
  }

  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var elements: [JSONValue] {
    guard case .array(let values) = self else { return [] }
    return values
  }
}

extension HTTPField.Name {
  static func named(_ text: String) throws -> Self {
    try #require(Self(text))
  }
}
