// SPDX-License-Identifier: Apache-2.0

/// Opens TCP connections with TLS on them.
package enum TLSDialer {
  /// Connects, then shakes hands, all within `timeout` (default: the sum of the limits' own).
  /// Throws as `TCPDialer`, and `handshakeFailed`, `untrusted` (we dislike the server),
  /// `peerRejected` (it dislikes us).
  ///
  /// In TLS 1.3 the client is through with its handshake before the server has judged the
  /// client's certificate: that refusal comes as the end of the stream, `peerRejected` with the
  /// server's alert.
  package static func dial(
    _ address: SocketAddress, on loop: EventLoop, context: TLSContext, timeout: Duration? = nil,
    limits: TransportLimits? = nil
  ) async throws(TransportError) -> EstablishedConnection {
    let limits = limits ?? loop.limits
    let attempt = DialAttempt(
      address: address, loop: loop,
      timeout: timeout ?? (limits.connectTimeout + limits.handshakeTimeout), limits: limits,
      security: context)
    return try await DialAttempt.run(attempt, on: loop)
  }
}
