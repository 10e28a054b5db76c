// SPDX-License-Identifier: Apache-2.0

/// Why a peer with a good certificate may not come in. A string literal is one.
package struct PeerRefusal: Equatable, Sendable {
  /// What the peer hears in TLS's alert.
  package enum Kind: Sendable {
    /// It never was the right one: `bad certificate`.
    case unfit
    /// It was, and is no longer: `certificate revoked`.
    case revoked
  }

  package var kind: Kind
  /// For our own log; the peer hears the kind alone.
  package var reason: String

  package init(_ kind: Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }
}

extension PeerRefusal: ExpressibleByStringInterpolation {
  package init(stringLiteral reason: String) {
    self.init(.unfit, reason)
  }
}
