// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import LivyAPI
import LivyCore
import LivyServer
import RESTTestSupport
import Testing

@testable import LivyREST

/// Walks every route there is: a new one is in all of these tests by itself.
@Suite("All routes")
struct RouteTableTests {
  static let routes = ServerUnderTest().server().routes
  /// Their answers have an end. A stream of events has none as long as its session lives.
  static let endingRoutes = routes.filter { !$0.path.hasSuffix("/events") }

  /// A path of the route, about session, batch, statement and job 0.
  static func path(of route: DeclaredRoute) -> String {
    "/"
      + route.path.split(separator: "/").map { $0.hasPrefix("{") ? "0" : String($0) }
      .joined(separator: "/")
  }

  static func method(of route: DeclaredRoute) throws -> HTTPRequest.Method {
    try #require(HTTPRequest.Method(route.method))
  }

  @Test("The documentation has a row for each route, with what it needs, and no other rows")
  func documented() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/rest.md"), encoding: .utf8)
    let rows = text.split(separator: "\n").compactMap { line -> [String]? in
      let cells = line.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
      guard cells.count > 3, HTTPRequest.Method.common.contains(cells[0]) else { return nil }
      return Array(cells.prefix(3))
    }
    let declared = Self.routes.map { [$0.method, $0.path, $0.need.rawValue] }
    #expect(Set(rows) == Set(declared))
    #expect(rows.count == declared.count)
  }

  @Test("Whatever names a session or batch and may change it needs more than to be let in")
  func declarations() {
    #expect(Self.routes.count > 30)
    for route in Self.routes {
      let names = ["/sessions/{session}", "/batches/{batch}"].contains { route.path.hasPrefix($0) }
      if names, route.method != "GET" {
        #expect(route.need == .modify, "\(route)")
      }
      if names { #expect(route.need != .nothing, "\(route)") }
      #expect(names || ![.view, .modify].contains(route.need), "\(route) has nothing to own")
    }
  }

  @Test("What belongs to somebody is closed to a caller whom nobody knows", arguments: routes)
  func closed(route: DeclaredRoute) async throws {
    try await Exchange.run { exchange async throws in
      try await Self.makeOwned(exchange.server)
      let answer = try await exchange.send(try Self.method(of: route), Self.path(of: route))
      switch route.need {
      case .view, .modify:
        #expect(answer.status == 403, "\(route)")
        #expect(answer.text.isEmpty)
      case .nothing, .enter:
        #expect(answer.status != 403, "\(route)")
        #expect(!answer.text.contains("out 1"), "\(route) shows a log")
      }
      let session = await exchange.server.directory.snapshot(.id(SessionID(0)))
      #expect(session?.state.isFinished == false, "\(route) ended it all the same")
    }
  }

  /// A session and a batch of eve's, both with lines in their logs.
  private static func makeOwned(_ server: ServerUnderTest) async throws {
    var session = SessionRequest()
    session.owner = "eve"
    _ = try await server.directory.create(session)
    var batch = BatchRequest(file: "hdfs:///a.py")
    batch.owner = "eve"
    batch.arguments = ["out 1"]
    _ = try await server.batches.create(batch)
    let hasLogs = await eventually {
      let session = await server.directory.log(.id(SessionID(0))) ?? []
      let batch = await server.batches.log(.id(BatchID(0))) ?? []
      return session.contains("out 1") && batch.contains { $0.contains("out 1") }
    }
    #expect(hasLogs)
  }

  @Test("A request that is turned away is no heartbeat")
  func noHeartbeat() async throws {
    try await Exchange.run { exchange async throws in
      var request = SessionRequest()
      request.owner = "eve"
      request.heartbeatTimeoutSeconds = 600
      _ = try await exchange.server.directory.create(request)
      func expiries() async -> [SessionExpiry] {
        await exchange.server.directory.snapshot(.id(SessionID(0)))?.expiries ?? []
      }
      // From here on nothing but a request moves them.
      let isReady = await eventually { await expiries().contains { $0.cause == .idle } }
      #expect(isReady)
      let before = await expiries()
      try await Task.sleep(for: .milliseconds(3))
      #expect(try await exchange.get("/sessions/0/log").status == 403)
      #expect(await expiries() == before)
      _ = try await exchange.get("/sessions/0/state")
      #expect(await expiries() != before)
    }
  }

  @Test(
    "Who may do what",
    arguments: [
      (nil, nil, nil, true), (nil, "eve", nil, true), ("eve", "eve", nil, true),
      ("eve", "adam", nil, false), ("eve", nil, nil, false), ("eve", "adam", "adam", true),
      ("eve", nil, "adam", false), (nil, nil, "adam", true),
    ] as [(String?, String?, String?, Bool)])
  func rules(owner: String?, caller: String?, proxyUser: String?, may: Bool) {
    let ownership = Ownership(owner: owner, proxyUser: proxyUser)
    for need in RouteNeed.allCases {
      let isFree = need == .nothing || need == .enter
      #expect(need.isMet(by: caller, of: ownership) == (may || isFree))
    }
  }

  @Test("A slash at the end changes nothing", arguments: endingRoutes.filter { $0.method == "GET" })
  func trailingSlash(route: DeclaredRoute) async throws {
    guard route.path != "/" else { return }
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      _ = try await exchange.post("/batches", #"{"file":"hdfs:///a.py"}"#)
      let path = Self.path(of: route)
      let plain = try await exchange.get(path)
      let slashed = try await exchange.get(path + "/")
      #expect(slashed.status == plain.status)
      #expect(slashed.headers[.contentType] == plain.headers[.contentType])
      let head = try await exchange.send(.head, path)
      #expect(head.status == plain.status)
      #expect(head.text.isEmpty)
    }
  }

  @Test("Another method is 405, names what is allowed, and has no body", arguments: routes)
  func otherMethods(route: DeclaredRoute) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.send(.patch, Self.path(of: route))
      #expect(answer.status == 405)
      #expect(answer.headers[.allow]?.contains(route.method) == true)
      #expect(answer.text.isEmpty)
    }
  }

  @Test(
    "Every answer of a route about sessions or batches is JSON, or empty", arguments: endingRoutes)
  func types(route: DeclaredRoute) async throws {
    guard route.path.hasPrefix("/sessions") || route.path.hasPrefix("/batches") else { return }
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let answer = try await exchange.send(try Self.method(of: route), Self.path(of: route))
      guard !answer.text.isEmpty else { return }
      #expect(answer.headers[.contentType] == "application/json;charset=utf-8", "\(route)")
      _ = answer.json
    }
  }
}

extension HTTPRequest.Method {
  fileprivate static let common: Set<String> = ["GET", "POST", "PUT", "DELETE", "PATCH"]
}
