// SPDX-License-Identifier: Apache-2.0

/// Every limit of this floor, in one place. What this side takes is told to the peer in hello;
/// above it a call fails with `resourceExhausted`, or, where the peer ignored what it was told, the
/// connection ends.
package struct WireLimits: Equatable, Sendable {
  /// Payload of one frame: 64 KiB of a user's bytes and what a message puts around them. Longer
  /// messages travel in several, between those of other calls.
  package var framePayloadBytesMax = 65 << 10
  /// One message, request or response or item. A stream as a whole has no limit.
  package var messageBytesMax = 64 << 20
  /// Calls that the peer may have open at once.
  package var openCallsMax = 10_000
  /// Those of them that are answered by a stream.
  package var openStreamsMax = 256
  /// Calls that the peer may make in the whole life of the connection.
  package var callsTotalMax = Int.max
  /// Frames that the peer may send in the whole life of the connection, and bytes, which also count
  /// frames of unknown kinds.
  package var framesTotalMax = Int.max
  package var bytesTotalMax = Int.max
  /// Bytes of items that nobody consumed yet, for each stream. An item may start while credit is
  /// left and is then taken whole.
  package var streamCreditBytes = 1 << 20
  /// Bytes of messages on their way to this side.
  package var connectionCreditBytes = 16 << 20
  /// Messages under this size count as small: they overtake, and some credit is kept for them
  /// alone.
  package var smallMessageBytes = 4 << 10
  /// The credit of the connection that only small messages may use; at most a quarter of all.
  package var smallMessageReserveBytes = 1 << 20
  /// Bytes of messages that came in several frames and are not whole or not consumed; above it the
  /// newest call fails.
  package var partialBytesMax = 128 << 20
  /// Bytes of messages that wait to be sent; above it a further message fails.
  package var queuedBytesMax = 128 << 20
  /// Bytes of items that wait to be sent, for each stream; above it their sender waits, however much
  /// the peer lets be on the way.
  package var unsentItemBytesMax = 256 << 10
  /// Bytes that the stream holds unsent before no more messages are given to it; control frames may
  /// take as much again. Not under the stream's own high mark, whose drain is waited for.
  package var unsentBytesMax = 256 << 10
  /// From the start of the connection to the peer's hello.
  package var helloTimeout: Duration = .seconds(10)
  /// A peer that was silent for so long is pinged.
  package var keepaliveInterval: Duration = .seconds(20)
  /// A peer that is silent for so long after a ping is dead.
  package var keepaliveTimeout: Duration = .seconds(10)
  /// A connection without an open call, on which for so long nobody called, is closed in order:
  /// pings do not count. Noticed after twice that time at the latest; `nil` lets it stand.
  package var idleTimeout: Duration?
  /// From the decision to close to the end of the stream; then it is cut.
  package var closeTimeout: Duration = .seconds(5)
  /// The connection ends after so long, whatever it does; `nil` lets it live.
  package var lifetimeMax: Duration?

  /// The block before a message that a frame with META carries.
  static let metaBytesMax = 1 << 10
  /// What an item costs of its stream's credit beside its bytes, so that empty items are not free.
  static let itemOverheadBytes = 16

  package init() {}

  /// For peers that have not proved who they are: one call of at most 4 KiB, no streams, a few
  /// frames, half a minute.
  package static var enrolment: WireLimits {
    var limits = WireLimits()
    limits.framePayloadBytesMax = 4 << 10
    limits.messageBytesMax = 4 << 10
    limits.openCallsMax = 1
    limits.openStreamsMax = 0
    limits.callsTotalMax = 1
    // Hello, a request, perhaps in pieces, a cancel; pings and credit. Twice over.
    limits.framesTotalMax = 64
    limits.bytesTotalMax = 32 << 10
    limits.connectionCreditBytes = 32 << 10
    limits.partialBytesMax = 8 << 10
    limits.queuedBytesMax = 64 << 10
    limits.lifetimeMax = .seconds(30)
    return limits
  }

  /// What hello tells the peer.
  var announced: PeerLimits {
    PeerLimits(
      framePayloadBytesMax: framePayloadBytesMax, messageBytesMax: messageBytesMax,
      openCallsMax: min(openCallsMax, CallID.slotsMax), openStreamsMax: openStreamsMax,
      streamCreditBytes: streamCreditBytes, connectionCreditBytes: connectionCreditBytes)
  }
}
