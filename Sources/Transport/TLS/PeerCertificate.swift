// SPDX-License-Identifier: Apache-2.0

/// What a verified peer's certificate says: enough to decide who it is. Chain and dates were
/// checked before.
package struct PeerCertificate: Equatable, Sendable {
  /// Subject alternative names of type URI.
  package var uris: [String]
  /// Extended key usages: server authentication, client authentication.
  package var usages: Set<Usage>
  /// Serial number, lower-case hex.
  package var serial: String
  /// SHA-256 of the public key (SubjectPublicKeyInfo), lower-case hex.
  package var publicKeyDigest: String
  /// End of validity, seconds since 1970.
  package var notAfter: Int64

  package enum Usage: String, Sendable, Hashable, CaseIterable {
    case server, client
  }

  package init(
    uris: [String], usages: Set<Usage>, serial: String, publicKeyDigest: String, notAfter: Int64
  ) {
    self.uris = uris
    self.usages = usages
    self.serial = serial
    self.publicKeyDigest = publicKeyDigest
    self.notAfter = notAfter
  }
}
