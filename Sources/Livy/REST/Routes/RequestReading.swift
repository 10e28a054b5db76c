// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import NIOCore

extension Request {
  /// A whole number of the query; nil when it is not asked for. A Java int, as Livy has it.
  func integer(_ name: String) throws(RESTFailure) -> Int? {
    guard let text = uri.queryParameters[name[...]] else { return nil }
    return Int(try Request.integer(in: text))
  }

  /// How long the client will wait for an answer (`?wait=SECONDS`, fractions too); zero when it does
  /// not say.
  func wait(max: Duration) throws(RESTFailure) -> Duration {
    guard let text = uri.queryParameters["wait"] else { return .zero }
    guard let seconds = Double(text), seconds >= 0 else {
      throw RESTFailure(.badRequest, .message("For input string: \"\(text)\""))
    }
    let limit = Double(max.components.seconds)
    return seconds >= limit ? max : .seconds(seconds)
  }

  static func integer(in text: some StringProtocol) throws(RESTFailure) -> Int32 {
    guard let number = Int32(text) else {
      throw RESTFailure(.badRequest, .message("For input string: \"\(text)\""))
    }
    return number
  }

  /// The body as a JSON object of a known shape.
  func json<Payload: JSONReadable>(
    _ type: Payload.Type, limits: RESTLimits
  ) async throws -> Payload {
    switch headers[.contentEncoding]?.lowercased() {
    case "gzip"?, "x-gzip"?, "deflate"?:
      throw RESTFailure(
        .unsupportedMediaType, .string("Compressed bodies are not accepted; send it as it is"))
    default:
      break  // The Java client sends `UTF-8` here.
    }
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: limits.bodyBytesMax)
    } catch is NIOTooManyBytesError {
      throw RESTFailure(
        .contentTooLarge, .string("The body is larger than \(limits.bodyBytesMax) bytes"))
    }
    return try Payload(json: Array(buffer.readableBytesView), limits: .requests)
  }
}

extension RequestContext {
  /// The session that the path names: all digits is a number, anything else a name.
  func session() throws -> SessionReference {
    switch try reference("session") {
    case .number(let number): .id(SessionID(number))
    case .name(let name): .name(name)
    }
  }

  /// The batch that the path names, in the same way.
  func batch() throws -> BatchReference {
    switch try reference("batch") {
    case .number(let number): .id(BatchID(number))
    case .name(let name): .name(name)
    }
  }

  private func reference(_ parameter: String) throws -> PathReference {
    let segment = parameters.get(parameter) ?? ""
    guard let text = PercentEncoding.decoded(segment) else {
      throw RESTFailure(.badRequest, .message("Illegal escape in '\(segment)'"))
    }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard text.utf8.allSatisfy({ digits.contains($0) }) else { return .name(text) }
    return .number(try Request.integer(in: text))
  }

  func statement() throws -> StatementID? {
    let number = try Request.integer(in: parameters.get("statement") ?? "")
    return UInt64(exactly: number).map { StatementID($0) }
  }
}

/// How a segment of a path names something.
private enum PathReference {
  case number(Int32)
  case name(String)
}

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
