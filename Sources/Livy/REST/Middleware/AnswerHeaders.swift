// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// Adds what every answer carries, unless it has its own, and takes the body off an answer to HEAD.
struct AnswerHeaders<Context: RequestContext>: RouterMiddleware {
  private let fields: [HTTPField]

  init(_ headers: [SecurityHeader]) {
    fields = headers.compactMap { header in
      guard !header.value.isEmpty, let name = HTTPField.Name(header.name) else { return nil }
      return HTTPField(name: name, value: header.value)
    }
  }

  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    for field in fields where response.headers[field.name] == nil {
      response.headers[field.name] = field.value
    }
    return request.method == .head ? response.createHeadResponse() : response
  }
}
