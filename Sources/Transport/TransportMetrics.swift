// SPDX-License-Identifier: Apache-2.0

/// What a loop, or several, did since their start. Counts only rise (they wrap around after
/// 2^64).
///
/// Each loop counts for itself, in plain memory of its own thread; a copy is made on the loop when
/// somebody asks (`EventLoop.metrics`, `EventLoopGroup.metrics`), so that counting costs an
/// addition.
package struct TransportMetrics: Equatable, Sendable {
  /// Bytes that the kernel gave to streams and took from them: with TLS, its records. Pipes to
  /// children count too.
  package var bytesRead: UInt64 = 0
  package var bytesWritten: UInt64 = 0
  /// Deliveries of bytes by the kernel, and pieces that it was given.
  package var reads: UInt64 = 0
  package var writes: UInt64 = 0
  /// How often the loop looked what the kernel has for it.
  package var turns: UInt64 = 0
  /// TCP connections, accepted and dialled.
  package var connectionsOpened: UInt64 = 0
  package var connectionsClosed: UInt64 = 0
  /// Handshakes of TLS that succeeded, on either side, with a certificate shown or by a session
  /// that was resumed.
  package var handshakesFull: UInt64 = 0
  package var handshakesResumed: UInt64 = 0
  package var handshakeFailures: [TransportError.Code: UInt64] = [:]
  /// Connections that a listener turned away before a handshake, by the reason that its owner
  /// heard.
  package var refusals: [TransportError.Code: UInt64] = [:]
  /// How often a listener stopped accepting for a while, because the system had no descriptor.
  package var acceptPauses: UInt64 = 0
  /// How late timers fired: what everybody else waits too when the loop or the machine is busy.
  package var timerDelay = DelayHistogram()
  /// CPU time of the loop's thread within one turn, nanoseconds. It is read once in a millisecond
  /// at most (each read costs as much as a small call), so up to a millisecond of the turns before
  /// is counted with it.
  package var longestTurnNanoseconds: UInt64 = 0
  /// Turns with more CPU time than `TransportLimits.turnCPUMax`.
  package var slowTurns: UInt64 = 0

  package init() {}

  /// Adds another loop's counts; of the longest turns the longer one stays.
  package mutating func add(_ other: TransportMetrics) {
    bytesRead &+= other.bytesRead
    bytesWritten &+= other.bytesWritten
    reads &+= other.reads
    writes &+= other.writes
    turns &+= other.turns
    connectionsOpened &+= other.connectionsOpened
    connectionsClosed &+= other.connectionsClosed
    handshakesFull &+= other.handshakesFull
    handshakesResumed &+= other.handshakesResumed
    handshakeFailures.merge(other.handshakeFailures, uniquingKeysWith: &+)
    refusals.merge(other.refusals, uniquingKeysWith: &+)
    acceptPauses &+= other.acceptPauses
    timerDelay.add(other.timerDelay)
    longestTurnNanoseconds = max(longestTurnNanoseconds, other.longestTurnNanoseconds)
    slowTurns &+= other.slowTurns
  }

  mutating func countHandshake(_ outcome: Result<EstablishedConnection, TransportError>) {
    switch outcome {
    case .success(let connection) where connection.isResumed: handshakesResumed &+= 1
    case .success: handshakesFull &+= 1
    case .failure(let error): handshakeFailures[error.code, default: 0] &+= 1
    }
  }
}

/// Delays, counted in buckets.
package struct DelayHistogram: Equatable, Sendable {
  /// Upper bounds of the buckets in milliseconds; what is longer goes into one more bucket.
  package static let bounds: [UInt64] = [1, 2, 5, 10, 20, 50, 100, 1_000]

  /// As many as `bounds`, and one.
  package private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
  package private(set) var longestNanoseconds: UInt64 = 0

  package init() {}

  mutating func record(_ nanoseconds: UInt64) {
    let bucket = Self.bounds.firstIndex { nanoseconds <= $0 * 1_000_000 } ?? Self.bounds.count
    counts[bucket] &+= 1
    longestNanoseconds = max(longestNanoseconds, nanoseconds)
  }

  mutating func add(_ other: DelayHistogram) {
    for index in counts.indices { counts[index] &+= other.counts[index] }
    longestNanoseconds = max(longestNanoseconds, other.longestNanoseconds)
  }
}

/// What one stream read and wrote since it was opened, as `TransportMetrics` counts it.
package struct StreamCounters: Equatable, Sendable {
  package var bytesRead: UInt64 = 0
  package var bytesWritten: UInt64 = 0
  package var reads: UInt64 = 0
  package var writes: UInt64 = 0

  package init() {}
}
