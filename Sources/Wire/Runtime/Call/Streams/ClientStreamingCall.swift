// SPDX-License-Identifier: Apache-2.0

package import WireCodec
/// A call whose caller sends a stream of items and gets one response. When it is dropped before the
/// response was taken, the call is cancelled at the peer.
package struct ClientStreamingCall<Item: WireMessage, Response: WireMessage>: Sendable {
  private let call: OpenStream

  init(_ call: OpenStream) {
    self.call = call
  }

  /// Sends an item. Waits while the handler has not consumed what it lets be on the way (1 MiB by
  /// default); does not suspend where there is room and the caller runs on the connection's loop.
  ///
  /// When the call failed, or its time is up, throws the reason; `cancelled` when the handler
  /// answered without waiting for the end of the items, or the sending task was cancelled, which
  /// cancels the call. `resourceExhausted` about this item means that it is too large, and no more.
  package func send(_ item: Item) async throws(CallError) {
    if call.outlet.sendAtOnce(item) { return }
    try await call.send(item.encodedApart())
  }

  /// Tells the handler that no more items come. Sends nothing after; may be called again.
  package func finish() {
    call.finish()
  }

  /// Waits for the response; may be waited for before `finish`, as the handler may answer early.
  /// Taken once: `failedPrecondition` says that it was taken before. Cancelling the waiting task
  /// cancels the call.
  package func response() async throws(CallError) -> Response {
    guard let bytes = try await call.next() else {
      throw CallError(.failedPrecondition, "the response of \(call.method) was taken before")
    }
    return try call.decode(bytes)
  }
}
