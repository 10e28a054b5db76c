// SPDX-License-Identifier: Apache-2.0

public import WireCodec
/// Where the handler of a streaming method puts its items. Usable until the handler returns.
@usableFromInline
package struct ItemSink<Item: WireMessage>: Sendable {
  @usableFromInline let outlet: ItemOutlet

  init(_ outlet: ItemOutlet) {
    self.outlet = outlet
  }

  /// Sends an item. Waits while the caller has not consumed what it lets be on the way (1 MiB by
  /// default); does not suspend where there is room and the handler runs on the connection's loop.
  ///
  /// Throws `cancelled` or `deadlineExceeded` when nobody waits for items any more, `unavailable`
  /// when the connection is gone; the handler should end then. `resourceExhausted` means that this
  /// item is too large, and no more.
  @inlinable
  package func send(_ item: Item) async throws(CallError) {
    if outlet.sendAtOnce(item) { return }
    try await outlet.send(item.encodedApart())
  }
}

/// Where one side of a call puts its items, as bytes.
@usableFromInline
struct ItemOutlet: Sendable {
  @usableFromInline let connection: Connection
  @usableFromInline let call: CallID

  /// Where the caller's items come from.
  func requests(of method: String) -> OpenStream {
    OpenStream(connection: connection, id: call, method: method, role: .handler)
  }

  /// False where the item has to be given to `send`.
  @inlinable
  func sendAtOnce<Item: WireMessage>(_ item: Item) -> Bool {
    guard connection.isOnLoop, !Task.isCancelled else { return false }
    return connection.coreOnLoop.sendAtOnce(item, to: call)
  }

  @usableFromInline
  func send(_ item: EncodedMessage) async throws(CallError) {
    switch connection.sendNow(item, to: call) {
    case .accepted: return
    case .refused(let error): throw error
    case .wait: try await connection.send(item, to: call)
    }
  }
}
