// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// `/metrics`: what the server says of itself, in the shapes of Livy's servlet.
struct MetricsRoutes<Context: RequestContext>: Sendable {
  let directory: SessionDirectory
  let batches: BatchDirectory
  let figures: RequestFigures
  let link: @Sendable () async -> LinkMetrics?
  let pages: UIPages

  func add(to table: RouteTable<Context>) {
    let menu = pages.response(.metrics)
    table.at("metrics", [.get: .open { _, _ in menu }])
    table.at("metrics/metrics", [.get: .open(metrics)])
    table.at("metrics/ping", [.get: .open { _, _ in Self.text("pong\n") }])
    table.at("metrics/threads", [.get: .open { _, _ in Self.text(ThreadList.text()) }])
    table.at("metrics/healthcheck", [.get: .open(health)])
  }

  @Sendable private func metrics(_ request: Request, _ context: Context) async throws -> Response {
    let report = MetricsReport(
      sessions: await directory.figures(), batches: await batches.figures(), link: await link(),
      requests: figures.current, now: figures.now)
    return Response(headers: Self.fresh, json: report)
  }

  @Sendable private func health(_ request: Request, _ context: Context) async throws -> Response {
    let report = await HealthReport(of: directory)
    return Response(
      status: report.isHealthy ? .ok : .internalServerError, headers: Self.fresh, json: report)
  }

  private static func text(_ text: String) -> Response {
    var headers = fresh
    headers[.contentType] = "text/plain;charset=utf-8"
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// An answer is of its moment.
  private static var fresh: HTTPFields { [.cacheControl: "no-store"] }
}
