// SPDX-License-Identifier: Apache-2.0

package import WireCodec
/// A call in which both sides send a stream of items, each at its own pace. When it and its answers
/// are dropped before the answers ended, the call is cancelled at the peer.
package struct BidirectionalCall<Item: WireMessage, Answer: WireMessage>: Sendable {
  /// The items that the handler sends. They may end before `finish`.
  package let answers: ItemStream<Answer>
  private let call: OpenStream

  init(_ call: OpenStream) {
    self.call = call
    answers = ItemStream(call)
  }

  /// Sends an item. Waits while the handler has not consumed what it lets be on the way (1 MiB by
  /// default); does not suspend where there is room and the caller runs on the connection's loop.
  ///
  /// When the call failed, or its time is up, throws the reason; `cancelled` when the handler ended
  /// without waiting for the end of the items, or the sending task was cancelled, which cancels the
  /// call. `resourceExhausted` about this item means that it is too large, and no more.
  package func send(_ item: Item) async throws(CallError) {
    if call.outlet.sendAtOnce(item) { return }
    try await call.send(item.encodedApart())
  }

  /// Tells the handler that no more items come; its answers go on. May be called again.
  package func finish() {
    call.finish()
  }
}
