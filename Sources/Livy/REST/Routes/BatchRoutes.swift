// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// `/batches`
struct BatchRoutes<Context: RequestContext>: Sendable {
  let directory: BatchDirectory
  let rules: SessionRequestRules
  let limits: RESTLimits

  func add(to table: RouteTable<Context>) {
    table.at("batches", [.get: .entering(list), .post: .entering(create)])
    table.at("batches/:batch", [.get: .entering(show), .delete: .modifying(end)])
    table.at("batches/:batch/state", [.get: .entering(state)])
    table.at("batches/:batch/log", [.get: .viewing(log)])
  }

  @Sendable private func list(_ request: Request, _ context: Context) async throws -> Response {
    let paging = Paging(
      from: try request.integer("from") ?? 0,
      size: try request.integer("size") ?? Paging.sessionsDefault)
    let (start, count) = paging.window
    let (total, page) = await directory.snapshots(from: start, size: count)
    return Response(
      json: BatchPage(
        from: paging.from, total: total, batches: page.map { Self.shown($0, to: context) }))
  }

  @Sendable private func create(_ request: Request, _ context: Context) async throws -> Response {
    let body = try await request.json(CreateBatch.self, limits: limits)
    let snapshot: BatchSnapshot
    do {
      snapshot = try await directory.create(rules.request(from: body))
    } catch let error {
      throw RESTFailure(rejecting: error)
    }
    let batch = LivyAPI.Batch(snapshot)
    return Response(status: .created, headers: [.location: "/batches/\(batch.id)"], json: batch)
  }

  @Sendable private func show(_ request: Request, _ context: Context) async throws -> Response {
    Response(json: Self.shown(try await snapshot(context), to: context))
  }

  @Sendable private func end(_ request: Request, _ context: Context) async throws -> Response {
    try await directory.end(context.batch())
    return Response(json: MessageAnswer("deleted"))
  }

  @Sendable private func state(_ request: Request, _ context: Context) async throws -> Response {
    let batch = LivyAPI.Batch(try await snapshot(context))
    return Response(json: SessionStateAnswer(id: batch.id, state: batch.state))
  }

  @Sendable private func log(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.batch()
    let from = try request.integer("from")
    let size = try request.integer("size")
    let batch = LivyAPI.Batch(try await snapshot(context))
    guard let lines = await directory.log(reference) else {
      throw RESTFailure.notFound(reference)
    }
    let paging = Paging.log(from: from, size: size, total: lines.count)
    return Response(
      json: LogPage(
        id: batch.id, from: paging.from, total: lines.count, log: paging.page(of: lines)))
  }

  /// The log is for those alone who may view the batch.
  private static func shown(_ snapshot: BatchSnapshot, to context: Context) -> LivyAPI.Batch {
    var batch = LivyAPI.Batch(snapshot)
    let request = snapshot.record.request
    let ownership = Ownership(owner: request.owner, proxyUser: request.proxyUser)
    if !RouteNeed.view.isMet(by: context.caller, of: ownership) { batch.log = [] }
    return batch
  }

  private func snapshot(_ context: Context) async throws -> BatchSnapshot {
    let reference = try context.batch()
    guard let snapshot = await directory.snapshot(reference) else {
      throw RESTFailure.notFound(reference)
    }
    return snapshot
  }
}
