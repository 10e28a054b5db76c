// SPDX-License-Identifier: Apache-2.0

package import Transport

/// What a handler may know of the call that it answers.
@usableFromInline
package struct CallContext: Sendable {
  /// Where the call came from. Both sides of a connection may call, so a handler may call back.
  package let connection: Connection
  /// When the caller gives up, in the time of the connection's loop; `nil` means that it waits for
  /// ever. The handler is cancelled then, and calls that it makes end by then (`CallScope`).
  package internal(set) var deadline: LoopInstant?

  /// What the caller attached; calls that the handler makes carry it on.
  package let trace: TraceContext?

  /// What is left until the deadline, zero or less when it passed; `nil` where there is none.
  package var remaining: Duration? {
    deadline.map { connection.loop.now.duration(to: $0) }
  }

  /// Who is at the other end; `nil` where the peer showed no certificate.
  package var peer: PeerCertificate? { connection.peer }
  package var remoteAddress: SocketAddress { connection.remoteAddress }
}
