// SPDX-License-Identifier: Apache-2.0

package import Transport

/// Why a connection is over.
package struct ConnectionEnd: Equatable, Sendable, CustomStringConvertible {
  package enum Code: Sendable {
    /// This side closed it.
    case closed
    /// The peer closed it in order.
    case closedByPeer
    /// A goaway was said and all calls are done.
    case drained
    /// The peer broke the protocol, or speaks another one.
    case protocolError
    /// The peer says that this side broke the protocol, or that it does not speak this version.
    case refusedByPeer
    /// The peer sent nothing for too long: no hello, or no pong.
    case silent
    /// `WireLimits.lifetimeMax` passed.
    case lifetime
    /// The stream broke; `transportError` tells how.
    case transport
  }

  package var code: Code
  package var message: String
  package var transportError: TransportError?

  package init(_ code: Code, _ message: String, transportError: TransportError? = nil) {
    self.code = code
    self.message = message
    self.transportError = transportError
  }

  package var description: String { message }

  /// What calls fail with that the end cut off.
  var callError: CallError {
    CallError(.unavailable, "the connection ended: \(message)")
  }

  /// What the peer is told, where it can still be told.
  var goaway: Goaway? {
    switch code {
    case .closed, .lifetime: Goaway(.failed, message)
    case .protocolError: Goaway(.protocolError, message)
    case .closedByPeer, .drained, .refusedByPeer, .silent, .transport: nil
    }
  }
}
