// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// A POST that says it means another method, for clients behind proxies that let nothing else
/// through. It is changed before any rule looks at it.
struct MethodOverride<Routes: HTTPResponder>: HTTPResponder {
  typealias Context = Routes.Context

  let routes: Routes

  @concurrent func respond(to request: Request, context: Context) async throws -> Response {
    guard let method = Self.method(meantBy: request) else {
      return try await routes.respond(to: request, context: context)
    }
    var head = request.head
    head.method = method
    return try await routes.respond(
      to: Request(head: head, body: request.body), context: context)
  }

  /// The header wins over the query. Words that are no method's name are ignored.
  private static func method(meantBy request: Request) -> HTTPRequest.Method? {
    guard request.method == .post else { return nil }
    let word =
      request.headers[.methodOverride]
      ?? request.uri.queryParameters["_method"].map { String($0) }
    return word.flatMap { HTTPRequest.Method($0.uppercased()) }
  }
}

extension HTTPField.Name {
  /// A token, so the second choice never happens.
  fileprivate static let methodOverride = Self("X-HTTP-METHOD-OVERRIDE") ?? .allow
}
