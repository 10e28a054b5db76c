// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import LivyCore
internal import LivyServer

/// Every request to `/sessions/X...` says that its client still cares for session X; a POST that
/// was taken says that the session is in use. The list of all sessions says nothing.
struct Heartbeats<Context: RequestContext>: RouterMiddleware {
  let directory: SessionDirectory

  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard context.parameters.get("session") != nil, let reference = try? context.session() else {
      return try await next(request, context)
    }
    await directory.note(.heartbeat, of: reference)
    let response = try await next(request, context)
    if request.method == .post, response.status.kind == .successful {
      await directory.note(.use, of: reference)
    }
    return response
  }
}
