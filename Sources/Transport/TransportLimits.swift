// SPDX-License-Identifier: Apache-2.0

/// Every limit of this floor, in one place.
package struct TransportLimits: Equatable, Sendable {
  /// Time for TCP's connect, when the caller names no deadline.
  package var connectTimeout: Duration = .seconds(10)
  /// From the start of TLS's handshake to its end; then the connection is cut. A peer that sends
  /// no byte is cut after the same time.
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
  /// Times that it may be filled by one stream in one turn.
  package var readsPerTurnMax = 8
  /// Handshakes in progress on one listener; further ones wait for their turn.
  package var handshakesMax = 1_000
  /// When all of these are taken, a handshake that has lasted longer is cut for an address that has
  /// fewer of them.
  package var handshakeGrace: Duration = .seconds(1)
  /// Of one IP address (IPv6: one /64): handshakes in progress, connections without a certificate
  /// and recent failures together; above it its further handshakes wait, and others' do not.
  package var handshakesPerAddressMax = 256
  /// Failed handshakes of one IP address that are forgotten in a minute.
  package var handshakeFailuresPerMinuteMax = 240
  /// Connections of one listener that wait for their handshake, have said nothing yet, or showed no
  /// certificate; above it a new one takes the place of one from the address that has most.
  package var arrivalsMax = 16_384
  /// From the first byte of a peer to the start of its handshake; then the connection is cut.
  package var waitTimeout: Duration = .seconds(30)
  /// Timers that fire in one turn of a loop; the others that are due fire in the next ones.
  package var timersPerTurnMax = 256
  /// Connections that are accepted in one turn of the loop.
  package var acceptsPerTurnMax = 64
  /// A listener accepts nothing for so long when the system has no descriptor left.
  package var acceptPause: Duration = .milliseconds(100)
  /// Turns of a loop with more CPU time are counted as slow.
  package var turnCPUMax: Duration = .milliseconds(10)
  /// Connections of one listener; above it a new one takes a place as with `arrivalsMax`, or is
  /// closed at once.
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
