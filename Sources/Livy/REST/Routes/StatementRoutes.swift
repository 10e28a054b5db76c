// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// `/sessions/{session}/statements`.
struct StatementRoutes<Context: RequestContext>: Sendable {
  let directory: SessionDirectory
  let limits: RESTLimits

  func add(to table: RouteTable<Context>) {
    table.at("sessions/:session/statements", [.get: .viewing(list), .post: .modifying(submit)])
    table.at("sessions/:session/statements/:statement", [.get: .viewing(show)])
    table.at("sessions/:session/statements/:statement/cancel", [.post: .modifying(cancel)])
    table.at("sessions/:session/completion", [.post: .modifying(complete)])
  }

  @Sendable private func submit(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let wait = try request.wait(max: limits.waitMax)
    let body = try await request.json(CreateStatement.self, limits: limits)
    guard let session = await directory.number(of: reference) else {
      throw RESTFailure.notFound(reference)
    }
    let kind = try Self.kind(named: body.kind)
    let statement: LivyCore.Statement
    do {
      statement = try await directory.submit(
        body.code, kind: kind, to: reference, endedWithin: wait)
    } catch let error {
      throw Self.refusal(of: error)
    }
    return try await .statement(
      statement, status: .created,
      headers: [.location: "/sessions/\(session)/statements/\(statement.id)"])
  }

  @Sendable private func complete(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let body = try await request.json(CompleteCode.self, limits: limits)
    guard await directory.number(of: reference) != nil else {
      throw RESTFailure.notFound(reference)
    }
    let kind = try Self.kind(named: body.kind)
    do {
      let candidates = try await directory.complete(
        body.code, kind: kind, cursor: body.cursor, in: reference)
      return Response(json: Completion(candidates: candidates))
    } catch let error {
      throw Self.refusal(of: error)
    }
  }

  /// Nil is the session's own.
  private static func kind(named name: String?) throws(RESTFailure) -> StatementKind? {
    guard let name, name != "shared" else { return nil }
    guard let kind = StatementKind(name: name) else {
      throw serverError("java.lang.IllegalArgumentException: Invalid kind: \(name)")
    }
    return kind
  }

  /// Livy answers these with 500 and the name of a Java exception; clients look for the words.
  private static func refusal(of error: LivyError) -> RESTFailure {
    switch error.code {
    case .notActive: serverError("java.lang.IllegalStateException: \(error.message)")
    case .invalidRequest: serverError("java.lang.IllegalArgumentException: \(error.message)")
    case .tooMany:
      RESTFailure(.tooManyRequests, .message(error.message), headers: [.retryAfter: "1"])
    default: RESTFailure(error)
    }
  }

  private static func serverError(_ text: String) -> RESTFailure {
    RESTFailure(.internalServerError, .string(text))
  }

  @Sendable private func list(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let paging = try StatementPaging(request)
    return try await .statements(directory.statements(of: reference), paging)
  }

  @Sendable private func show(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let wait = try request.wait(max: limits.waitMax)
    guard
      let id = try context.statement(),
      let statement = try await directory.statement(id, of: reference, endedWithin: wait)
    else {
      throw RESTFailure(.notFound, .string("Statement not found"))
    }
    return try await .statement(statement)
  }

  /// Unknown statements and those that are over are no error. The body, if any, is not looked at.
  @Sendable private func cancel(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let id = try context.statement()
    do {
      // No statement has a number below 0; the session has to be alive all the same.
      try await directory.cancel(id ?? StatementID(.max), of: reference)
    } catch let error {
      throw Self.refusal(of: error)
    }
    return Response(json: MessageAnswer("canceled"))
  }
}
