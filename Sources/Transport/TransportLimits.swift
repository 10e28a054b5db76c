// SPDX-License-Identifier: Apache-2.0

/// Every limit of this floor, in one place.
package struct TransportLimits: Equatable, Sendable {
  /// Time for TCP's connect, when the caller names no deadline.
  package var connectTimeout: Duration = .seconds(10)
  /// From the first byte of a peer to the end of TLS's handshake; then the connection is cut. A
  /// peer that sends no byte is cut after the same time.
  package var handshakeTimeout: Duration = .seconds(10)
  /// After `finish()`: time for the peer to take what is queued and to close; then the connection
  /// is cut.
  package var lingerTimeout: Duration = .seconds(5)
  /// Above this many queued bytes a stream counts as full.
  package var highMarkBytes = 256 << 10
  /// Below this many it has drained.
  package var lowMarkBytes = 64 << 10
  /// The loop's one read buffer; four TLS records.
  package var readBufferBytes = 64 << 10
  /// Handshakes in progress on one listener. As many peers again may wait with their first byte
  /// sent; further connections wait in the kernel's backlog.
  package var handshakesMax = 1_000
  /// Connections from one IP address whose handshake has not ended (or not begun); above it a new
  /// one is closed at once.
  package var handshakesPerAddressMax = 256
  /// Connections of one listener; above it a new one is closed at once.
  package var connectionsMax = 20_000
  /// TLS sessions that one server keeps for peers that come back; above it the oldest is forgotten,
  /// and its peer makes a full handshake. About 0.5 KiB each.
  package var resumableSessionsMax = 20_000
  /// Of these, for one certificate's key: a peer cannot push out the sessions of all others.
  package var resumableSessionsPerPeerMax = 64
  /// Servers for which one client keeps its newest TLS session.
  package var resumableTargetsMax = 1_024
  /// A TLS session is good for so long; then a full handshake proves the peer anew.
  package var resumptionAgeMax: Duration = .seconds(2 * 3_600)
  /// TCP's accept backlog.
  package var backlog: Int32 = 1_024

  package init() {}
}
