// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// One answered request, as a request log wants it.
package struct RequestRecord: Equatable, Sendable {
  /// Numeric address of the client, or of the proxy before it.
  package var client: String?
  package var method: String
  /// With the query, as it was sent.
  package var path: String
  /// Seconds since 1970, when the request's head was there.
  package var time: Int64
  package var status = 0
  /// Of the answer's body.
  package var bytes = 0

  package init(client: String?, method: String, path: String, time: Int64) {
    self.client = client
    self.method = method
    self.path = path
    self.time = time
  }
}

/// Sees every request and answer of one connection, those too that no route gets to see. Records
/// wait for their answers in the order of the requests; there are no more of them than heads that
/// the server has read ahead, which the connection's own back pressure bounds.
final class RequestRecorder: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let note: @Sendable (RequestRecord) -> Void
  private var client: String?
  private var unanswered: [RequestRecord] = []

  init(_ note: @escaping @Sendable (RequestRecord) -> Void) {
    self.note = note
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let request) = unwrapInboundIn(data) {
      if client == nil { client = context.channel.remoteAddress?.ipAddress }
      unanswered.append(
        RequestRecord(
          client: client, method: request.method.rawValue, path: request.path ?? "-",
          time: Int64(time(nil))))
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    observe(unwrapOutboundIn(data))
    context.write(data, promise: promise)
  }

  private func observe(_ part: HTTPResponsePart) {
    guard !unanswered.isEmpty else { return }
    switch part {
    case .head(let response):
      if response.status.kind != .informational { unanswered[0].status = response.status.code }
    case .body(let buffer):
      unanswered[0].bytes += buffer.readableBytes
    case .end:
      note(unanswered.removeFirst())
    }
  }

  /// An answer that was cut off is told with what was sent of it.
  func channelInactive(context: ChannelHandlerContext) {
    for record in unanswered where record.status > 0 { note(record) }
    unanswered = []
    context.fireChannelInactive()
  }
}
