// SPDX-License-Identifier: Apache-2.0

/// A connection that is ready for bytes of the floor above: TCP is up, TLS agreed, the peer
/// verified.
package struct EstablishedConnection: Sendable {
  /// The stream; `start` has not been called yet.
  package var stream: LoopBound<any ByteStream>
  package var loop: any Loop { stream.loop }
  /// The protocol that both sides agreed on, `nil` without TLS.
  package var applicationProtocol: String?
  /// `nil` where the peer showed no certificate.
  package var peer: PeerCertificate?
  package var remoteAddress: SocketAddress
  /// TLS took up a former session of the peer, instead of proving everything anew.
  package var isResumed = false

  package init(
    stream: LoopBound<any ByteStream>, applicationProtocol: String? = nil,
    peer: PeerCertificate? = nil, remoteAddress: SocketAddress
  ) {
    self.stream = stream
    self.applicationProtocol = applicationProtocol
    self.peer = peer
    self.remoteAddress = remoteAddress
  }
}
