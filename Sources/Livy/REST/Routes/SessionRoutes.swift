// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// `/sessions` without the statements.
struct SessionRoutes<Context: RequestContext>: Sendable {
  let directory: SessionDirectory
  let rules: SessionRequestRules
  let limits: RESTLimits

  func add(to table: RouteTable<Context>) {
    table.at("sessions", [.get: .entering(list), .post: .entering(create)])
    table.at("sessions/:session", [.get: .entering(show), .delete: .modifying(end)])
    table.at("sessions/:session/connect", [.post: .modifying(connect)])
    table.at("sessions/:session/state", [.get: .entering(state)])
    table.at("sessions/:session/log", [.get: .viewing(log)])
    table.at("sessions/:session/phases", [.get: .viewing(phases)])
    table.at("sessions/:session/stop", [.post: .modifying(stop)])
    table.at("sessions/:session/interrupt", [.post: .modifying(interrupt)])
  }

  @Sendable private func list(_ request: Request, _ context: Context) async throws -> Response {
    let paging = Paging(
      from: try request.integer("from") ?? 0,
      size: try request.integer("size") ?? Paging.sessionsDefault)
    let (start, count) = paging.window
    let (total, page) = await directory.snapshots(from: start, size: count)
    return Response(
      json: SessionPage(
        from: paging.from, total: total, sessions: page.map { Self.shown($0, to: context) }))
  }

  @Sendable private func create(_ request: Request, _ context: Context) async throws -> Response {
    let body = try await request.json(CreateSession.self, limits: limits)
    let kindName = body.kind ?? "shared"
    guard let kind = SessionKind(name: kindName) else {
      throw RESTFailure(
        .badRequest,
        .string(
          "Invalid kind: \(kindName) (through reference chain: CreateInteractiveRequest[\"kind\"])")
      )
    }
    let snapshot: SessionSnapshot
    do {
      snapshot = try await directory.create(rules.request(from: body, kind: kind))
    } catch let error {
      throw RESTFailure(rejecting: error)
    }
    return Response(
      status: .created, headers: [.location: "/sessions/\(snapshot.id)"],
      json: LivyAPI.Session(snapshot))
  }

  @Sendable private func show(_ request: Request, _ context: Context) async throws -> Response {
    Response(json: Self.shown(try await snapshot(context), to: context))
  }

  @Sendable private func connect(_ request: Request, _ context: Context) async throws -> Response {
    Response(json: LivyAPI.Session(try await directory.connect(context.session())))
  }

  @Sendable private func end(_ request: Request, _ context: Context) async throws -> Response {
    try await directory.end(context.session())
    return Response(json: MessageAnswer("deleted"))
  }

  /// Livy's own way to stop a session and keep its record.
  @Sendable private func stop(_ request: Request, _ context: Context) async throws -> Response {
    try await directory.stop(context.session())
    return Response(status: .noContent)
  }

  /// In spite of its name it stops the session too, as Livy's does.
  @Sendable private func interrupt(
    _ request: Request, _ context: Context
  ) async throws -> Response {
    try await directory.stop(context.session())
    return Response(json: MessageAnswer("interrupted"))
  }

  @Sendable private func state(_ request: Request, _ context: Context) async throws -> Response {
    let snapshot = try await snapshot(context)
    return Response(
      json: SessionStateAnswer(id: Int(snapshot.id.number), state: .init(snapshot.state)))
  }

  @Sendable private func phases(_ request: Request, _ context: Context) async throws -> Response {
    Response(json: SessionPhases(try await snapshot(context)))
  }

  @Sendable private func log(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let from = try request.integer("from")
    let size = try request.integer("size")
    let snapshot = try await snapshot(context)
    guard let lines = await directory.log(reference) else {
      throw RESTFailure.notFound(reference)
    }
    let paging = Paging.log(from: from, size: size, total: lines.count)
    return Response(
      json: LogPage(
        id: Int(snapshot.id.number), from: paging.from, total: lines.count,
        log: paging.page(of: lines)))
  }

  /// The log is for those alone who may view the session.
  private static func shown(_ snapshot: SessionSnapshot, to context: Context) -> LivyAPI.Session {
    var session = LivyAPI.Session(snapshot)
    let ownership = Ownership(
      owner: snapshot.request.owner, proxyUser: snapshot.request.proxyUser)
    if !RouteNeed.view.isMet(by: context.caller, of: ownership) { session.log = [] }
    return session
  }

  private func snapshot(_ context: Context) async throws -> SessionSnapshot {
    let reference = try context.session()
    guard let snapshot = await directory.snapshot(reference) else {
      throw RESTFailure.notFound(reference)
    }
    return snapshot
  }
}
