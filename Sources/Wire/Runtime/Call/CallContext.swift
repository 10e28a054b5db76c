// SPDX-License-Identifier: Apache-2.0

package import Transport

/// What a handler may know of the call that it answers.
@usableFromInline
package struct CallContext: Sendable {
  /// Where the call came from. Both sides of a connection may call, so a handler may call back.
  package let connection: Connection
  /// The time that the caller gives, counted from the arrival of the request; `nil` means that it
  /// waits for ever.
  package let timeout: Duration?

  /// Who is at the other end; `nil` where the peer showed no certificate.
  package var peer: PeerCertificate? { connection.peer }
  package var remoteAddress: SocketAddress { connection.remoteAddress }
}
