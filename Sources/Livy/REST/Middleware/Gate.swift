// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyCore
internal import LivyServer

/// Lets a request pass to its route only if its caller may do what the route does. The one place
/// that refuses; its 403 is empty, as Livy's.
struct Gate<Context: RequestContext>: RouterMiddleware {
  let need: RouteNeed
  let directory: SessionDirectory
  let batches: BatchDirectory

  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard try await admits(context) else { throw RESTFailure(.forbidden, .empty) }
    return try await next(request, context)
  }

  private func admits(_ context: Context) async throws -> Bool {
    switch need {
    case .nothing, .enter: return true
    case .view, .modify: break
    }
    let ownership: Ownership?
    if context.parameters.get("session") != nil {
      ownership = try await directory.ownership(of: context.session())
    } else if context.parameters.get("batch") != nil {
      ownership = try await batches.ownership(of: context.batch())
    } else {
      return false  // It names nothing that somebody could own: it was declared wrongly.
    }
    // Of what there is not, the route says so.
    guard let ownership else { return true }
    return need.isMet(by: context.caller, of: ownership)
  }
}

extension RequestContext {
  /// Who asks. Nobody has to log in to this server, so nobody is known.
  var caller: String? { nil }
}
