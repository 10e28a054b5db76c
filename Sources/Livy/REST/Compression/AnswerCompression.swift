// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Sends answers as gzip to those who ask for it. Small ones are not worth the work, the largest
/// would hold up others; what is sent piece by piece goes out as it is.
struct AnswerCompression<Context: RequestContext>: RouterMiddleware {
  let limits: RESTLimits

  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    guard request.method != .head, let length = response.body.contentLength,
      limits.gzipBytes.contains(length), response.headers[.contentEncoding] == nil
    else { return response }
    return try await Self.compressed(
      response, isWanted: ContentCoding.acceptsGzip(request.headers[.acceptEncoding]))
  }

  private static func compressed(
    _ response: Response, isWanted: Bool
  ) async throws -> Response {
    var response = response
    // Whoever keeps answers must not give one form to a client that wants the other.
    response.headers[.vary] = "Accept-Encoding"
    guard isWanted else { return response }
    let collected = CollectedBody()
    try await response.body.write(BodyCollector(body: collected))
    let bytes = collected.bytes
    guard let packed = try await LongWork.run(bytes: bytes.count, { Gzip.encoded(bytes) }) else {
      response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
      return response
    }
    response.headers[.contentEncoding] = "gzip"
    response.headers[.contentLength] = String(packed.count)
    response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: packed))
    return response
  }
}

/// A body that was written already.
private final class CollectedBody: Sendable {
  private let content = Mutex<[UInt8]>([])

  var bytes: [UInt8] { content.withLock { $0 } }

  func append(_ buffer: ByteBuffer) {
    content.withLock { $0 += buffer.readableBytesView }
  }
}

private struct BodyCollector: ResponseBodyWriter {
  let body: CollectedBody

  mutating func write(_ buffer: ByteBuffer) async throws { body.append(buffer) }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
