// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyServer

/// `/sessions/{session}/history`: the statements of a session, also of one that has ended, which
/// Livy's own routes do not show.
struct HistoryRoutes<Context: RequestContext>: Sendable {
  let directory: SessionDirectory

  func add(to table: RouteTable<Context>) {
    table.at("sessions/:session/history", [.get: .viewing(list)])
    table.at("sessions/:session/history/:statement", [.get: .viewing(show)])
  }

  @Sendable private func list(_ request: Request, _ context: Context) async throws -> Response {
    let paging = try StatementPaging(request)
    return try await .statements(directory.history(of: context.session()), paging)
  }

  @Sendable private func show(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    guard
      let id = try context.statement(),
      let statement = try await directory.pastStatement(id, of: reference)
    else {
      throw RESTFailure(.notFound, .string("Statement not found"))
    }
    return try await .statement(statement)
  }
}
