// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// Looks at a request's headers before any route does: foreign web pages, versions of the API that
/// are not ours.
struct Doorway<Context: RequestContext>: RouterMiddleware {
  let rules: BrowserRules
  let listenHost: String

  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    let safe: [HTTPRequest.Method] = [.get, .head, .options]
    let seen = BrowserRules.Request(
      changesNothing: safe.contains(request.method), host: request.head.authority,
      origin: request.headers[.origin], site: request.headers[.secFetchSite],
      requestedBy: request.headers[.requestedBy])
    switch rules.judge(seen, listeningOn: listenHost) {
    case .pass:
      break
    case .refuseHost(let host):
      throw RESTFailure(
        .forbidden,
        .plain(
          "This server does not answer to the name '\(host)'. "
            + "Add it to livy.server.allowed-hosts if it should.\n"))
    case .refuseOrigin(let origin):
      throw RESTFailure(
        .forbidden, .plain("Requests from web pages of \(origin) are not accepted.\n"))
    case .refuseWithoutRequestedBy:
      throw RESTFailure(
        .badRequest, .plain("Missing Required Header for CSRF protection.\n"))
    }
    if let version = Self.foreignVersion(in: request.headers[.accept]) {
      throw RESTFailure(.notAcceptable, .string("No value found for '\(version)'"))
    }
    return try await next(request, context)
  }

  /// The X of `application/vnd.livy.vX` when it is not 0.1. Any other Accept is ignored, as Livy
  /// does.
  static func foreignVersion(in accept: String?) -> String? {
    guard let accept, let prefix = accept.firstRange(of: "application/vnd.livy.v") else {
      return nil
    }
    let rest = accept[prefix.upperBound...]
    let version = rest.prefix { $0 != "+" && $0 != "," && $0 != ";" && $0 != " " }
    return version == "0.1" ? nil : String(version)
  }
}

extension HTTPField.Name {
  /// Names that the library does not have. They are tokens, so the second choice never happens.
  static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
  static let requestedBy = Self("X-Requested-By") ?? .origin
}
