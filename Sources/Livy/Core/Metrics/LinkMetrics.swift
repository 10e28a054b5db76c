// SPDX-License-Identifier: Apache-2.0

/// What happened between the server and its drivers since the server began, for whoever shows
/// figures. But for `connectionsOpen`, counts only rise.
package struct LinkMetrics: Equatable, Sendable {
  /// Calls of one direction.
  package struct Calls: Equatable, Sendable {
    package var begun = 0
    package var succeeded = 0
    /// By the name of the failure's code, such as `deadlineExceeded`; codes that occurred.
    package var failed: [String: Int] = [:]

    package init() {}
  }

  /// Some of the timers, by how late they fired.
  package struct Delay: Equatable, Sendable {
    /// The upper bound, beginning at the one of the bucket before; nil for all that is longer.
    package var atMost: Duration?
    package var count: UInt64

    package init(atMost: Duration?, count: UInt64) {
      self.atMost = atMost
      self.count = count
    }
  }

  /// Connections for calls, of drivers that are known or about to be.
  package var connectionsOpen = 0
  /// TCP connections, proven or not.
  package var connectionsOpened: UInt64 = 0
  package var connectionsClosed: UInt64 = 0
  /// Of TLS, with a certificate shown or by a session that was taken up again.
  package var handshakesFull: UInt64 = 0
  package var handshakesResumed: UInt64 = 0
  /// By the name of the reason's code, such as `untrusted`; codes that occurred.
  package var handshakesFailed: [String: UInt64] = [:]
  /// Connections that were turned away before a handshake, as above.
  package var refusals: [String: UInt64] = [:]
  /// Calls of the server to drivers, and of drivers to the server.
  package var callsMade = Calls()
  package var callsServed = Calls()
  /// Bytes of messages; of TLS's records, as the kernel gave and took them.
  package var messageBytesSent = 0
  package var messageBytesReceived = 0
  package var bytesSent: UInt64 = 0
  package var bytesReceived: UInt64 = 0
  /// Times that a message had to wait until its receiver had room.
  package var stalls = 0
  /// How late the loops' timers fired: what calls wait too when a loop or the machine is busy.
  package var loopDelays: [Delay] = []
  package var longestLoopDelay = Duration.zero
  /// Turns of a loop that took longer than they should, and the longest.
  package var slowTurns: UInt64 = 0
  package var longestTurn = Duration.zero

  package init() {}
}
