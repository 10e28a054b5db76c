// SPDX-License-Identifier: Apache-2.0

/// Opens plain TCP connections: to the JVM's gateway on this host, and as the ground for
/// `TLSDialer`.
package enum TCPDialer {
  /// Connects within `timeout` (default: the limits' own). Throws `refused`, `unreachable`,
  /// `timedOut`, `badAddress`, or `cancelled` when the calling task is cancelled.
  package static func dial(
    _ address: SocketAddress, on loop: EventLoop, timeout: Duration? = nil,
    limits: TransportLimits? = nil
  ) async throws(TransportError) -> EstablishedConnection {
    let limits = limits ?? loop.limits
    let attempt = DialAttempt(
      address: address, loop: loop, timeout: timeout ?? limits.connectTimeout, limits: limits,
      security: nil)
    return try await DialAttempt.run(attempt, on: loop)
  }
}
