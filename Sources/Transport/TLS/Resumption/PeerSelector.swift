// SPDX-License-Identifier: Apache-2.0

/// Some of the peers, by what their certificates say.
package enum PeerSelector: Equatable, Sendable {
  /// SHA-256 of the public key, lower-case hex.
  case publicKey(digest: String)
  /// One of the subject alternative names.
  case uri(String)
  case all

  package func covers(_ peer: PeerCertificate) -> Bool {
    switch self {
    case .publicKey(let digest): peer.publicKeyDigest == digest
    case .uri(let uri): peer.uris.contains(uri)
    case .all: true
    }
  }
}
