// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationNetworking
import Livy
import TestSupport
import Testing

/// A session on a server under test, with short words for what tests do with it.
struct LiveSession: Sendable {
  let server: ServerProcess
  let id: Int

  var reference: SessionReference { .id(id) }
  var client: LivyClient { server.client }

  /// Runs code that must go well.
  func text(
    _ code: String, kind: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let bundle = try await result(code, kind: kind, sourceLocation: sourceLocation)
    return try #require(bundle.plainText, "\(code): \(bundle)", sourceLocation: sourceLocation)
  }

  /// Runs SQL that must go well; schema and data as JSON.
  func rows(
    _ code: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let bundle = try await result(code, kind: "sql", sourceLocation: sourceLocation)
    guard case .json(let document)? = bundle["application/json"] else {
      throw Surprise("\(code) gave \(bundle)")
    }
    return document.text
  }

  private func result(
    _ code: String, kind: String?, sourceLocation: SourceLocation
  ) async throws -> MIMEBundle {
    let statement = try await client.run(code, kind: kind, in: reference)
    #expect(statement.state == .available, sourceLocation: sourceLocation)
    guard case .ok(let count, let bundle)? = statement.output else {
      throw Surprise("\(code) gave \(String(describing: statement.output))")
    }
    #expect(count == statement.id, sourceLocation: sourceLocation)
    return bundle
  }

  /// Runs code that must fail.
  func failure(_ code: String, kind: String? = nil) async throws -> StatementError {
    try failure(of: try await client.run(code, kind: kind, in: reference))
  }

  func failure(of statement: Statement) throws -> StatementError {
    #expect(statement.state == .available)
    guard case .error(_, let error)? = statement.output else {
      throw Surprise("\(statement.code) gave \(String(describing: statement.output))")
    }
    return error
  }

  /// Waits until the session shows a state.
  func eventually(
    _ state: Session.State, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let shown = await TestSupport.eventually {
      (try? await client.session(reference).state) == state
    }
    let session = try await client.session(reference)
    #expect(shown, "it is \(session.state): \(session.log)", sourceLocation: sourceLocation)
  }

  /// The whole log as one text.
  func log() async throws -> String {
    try await client.log(of: reference, from: 0, size: 10_000).log.joined(separator: "\n")
  }
}

/// What a test did not reckon with.
struct Surprise: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension ServerProcess {
  /// Conf that makes sessions start sooner.
  static let quickConf = ["spark.ui.enabled": "false"]

  /// A session that takes statements.
  func session(
    _ request: CreateSession = CreateSession(kind: "pyspark")
  ) async throws -> LiveSession {
    let session = try await startingSession(request)
    _ = try await client.waitUntilReady(session.reference, within: .seconds(240))
    return session
  }

  /// A session that was asked for and nothing more.
  func startingSession(
    _ request: CreateSession = CreateSession(kind: "pyspark")
  ) async throws -> LiveSession {
    var request = request
    request.conf.merge(Self.quickConf) { asked, _ in asked }
    return LiveSession(server: self, id: try await client.createSession(request).id)
  }

  /// The answer as it came, for what the client does not show.
  func answer(_ path: String) async throws -> JSONValue {
    let url = try #require(URL(string: client.url + path))
    let (data, _) = try await URLSession.shared.data(from: url)
    return try JSONValue(parsing: Array(data), limits: .answers)
  }
}
