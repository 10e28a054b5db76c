// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// Notes how each request was answered. Stands around all that can answer.
struct RequestMeter<Context: RequestContext>: RouterMiddleware {
  let figures: RequestFigures

  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    let began = figures.begin()
    do {
      let response = try await next(request, context)
      figures.end(
        Self.route(request, context), status: Int(response.status.code),
        bytes: response.body.contentLength, began: began)
      return response
    } catch {
      figures.end(Self.route(request, context), status: 500, bytes: nil, began: began)
      throw error
    }
  }

  /// By the route's own path, not by the request's, of which there is no end.
  private static func route(_ request: Request, _ context: Context) -> String {
    guard let path = context.endpointPath, path != unknown else { return unknown }
    return "\(request.method.rawValue) \(path)"
  }

  /// What the router calls a path that it does not know.
  private static var unknown: String { "NotFound" }
}
