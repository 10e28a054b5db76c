// SPDX-License-Identifier: Apache-2.0

package import Transport

/// What a handler may know of the call that it answers.
package struct CallContext: Sendable {
  /// Who is at the other end; `nil` where the peer showed no certificate.
  package var peer: PeerCertificate?
  package var remoteAddress: SocketAddress
  /// The time that the caller gives, counted from the arrival of the request; `nil` means that it
  /// waits for ever.
  package var timeout: Duration?

  package init(peer: PeerCertificate?, remoteAddress: SocketAddress, timeout: Duration?) {
    self.peer = peer
    self.remoteAddress = remoteAddress
    self.timeout = timeout
  }
}
