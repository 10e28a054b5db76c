// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// A message, or the ending of a call, that waits to be framed.
struct OutgoingMessage: Equatable, Sendable {
  var kind: FrameKind
  var payload: EncodedMessage
  /// Bytes of the payload that were framed.
  var sentBytes = 0
  /// Of a request.
  var method: UInt16 = 0
  /// Of its first frame. With META the payload begins with the context's block.
  var flags: FrameFlags = []

  /// Of the message, without the context before it.
  var messageBytes: Int {
    let head = payload.head
    guard flags.contains(.meta), head.count >= 2 else { return payload.count }
    return payload.count - 2 - (Int(head[0]) | Int(head[1]) << 8)
  }

  var unsentBytes: Int { payload.count - sentBytes }
  /// Its bytes count for credit; those of an ending do not.
  var isData: Bool { kind == .request || kind == .response || kind == .item }
}

/// What one call still has to send, in order. Most calls send one message, which is kept without an
/// array.
struct Outbox {
  private(set) var head: OutgoingMessage?
  private var rest = Fifo<OutgoingMessage>()
  /// Where the call stands in line; `nil` when it has nothing to send.
  var lane: SendSchedule.Lane?

  var isEmpty: Bool { head == nil }

  mutating func append(_ message: OutgoingMessage) {
    if head == nil { head = message } else { rest.append(message) }
  }

  /// Counts bytes of the head as framed; takes it off when all of it is. Answers what is left of
  /// it.
  mutating func advance(by bytes: Int) -> OutgoingMessage? {
    head?.sentBytes += bytes
    guard let message = head, message.unsentBytes == 0 else { return head }
    head = rest.popFirst()
    return nil
  }
}
