// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// A router's paths with all their methods, so that a known path with another method is 405 and
/// says which are allowed.
struct RouteTable<Context: RequestContext> {
  typealias Endpoint = @Sendable (Request, Context) async throws -> Response

  let router: Router<Context>

  func at(_ path: RouterPath, _ endpoints: KeyValuePairs<HTTPRequest.Method, Endpoint>) {
    for (method, endpoint) in endpoints { router.on(path, method: method, use: endpoint) }
    let methods = endpoints.map(\.key)
    let allowed = methods + (methods.contains(.get) ? [.head] : [])
    let allow = allowed.map(\.rawValue).joined(separator: ", ")
    let others: [HTTPRequest.Method] = [
      .get, .head, .post, .put, .delete, .patch, .options, .trace, .connect,
    ]
    for method in others where !allowed.contains(method) {
      router.on(path, method: method) { _, _ -> Response in
        throw RESTFailure(.methodNotAllowed, .empty, headers: [.allow: allow])
      }
    }
  }
}
