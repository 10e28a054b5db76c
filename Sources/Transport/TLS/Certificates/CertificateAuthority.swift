// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A certificate that was just made.
package struct IssuedCertificate: Equatable, Sendable {
  package var pem: String
  /// Lower-case hex.
  package var serial: String
  package var publicKeyDigest: String
}

/// Our own certificate authority: it vouches for one server and its drivers, and for nothing else.
///
/// Proof for `@unchecked Sendable`: key and certificate are immutable after `init`; each `issue`
/// works on a fresh `X509`.
package final class CertificateAuthority: @unchecked Sendable {
  /// The authority's certificate, for peers to trust.
  package let pem: String
  private let certificate: X509Certificate
  private let key: PrivateKey

  /// Clocks of cluster nodes differ; a fresh certificate must be good there at once.
  package static let backdating: Duration = .seconds(300)

  /// Takes up an authority that was saved. Throws `.badKey` where key and certificate do not
  /// belong together.
  package init(certificatePEM: String, keyPEM: String) throws(TransportError) {
    certificate = try X509Certificate(pem: certificatePEM)
    key = try PrivateKey(pem: keyPEM)
    pem = certificatePEM
    guard X509_check_private_key(certificate.raw, key.raw) == 1 else {
      throw TransportError(
        .badKey, "the authority's key does not fit its certificate", reason: OpenSSLReason.take())
    }
    guard X509_check_ca(certificate.raw) == 1 else {
      throw TransportError(.badCertificate, "the certificate is not one of an authority")
    }
  }

  /// Makes a new authority with a new key.
  ///
  /// - Parameter now: seconds since 1970.
  package static func create(
    commonName: String, lifetime: Duration, now: Int64
  ) throws(TransportError) -> (authority: CertificateAuthority, keyPEM: String) {
    let key = try PrivateKey.generate()
    let blank = try CertificateBlank(now: now, lifetime: lifetime)
    try blank.name(subject: commonName, issuer: commonName)
    try blank.setKey(of: key.raw)
    try blank.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: nil)
    try blank.add(NID_key_usage, "critical,keyCertSign", issuer: nil)
    try blank.add(NID_subject_key_identifier, "hash", issuer: nil)
    let certificate = try blank.sign(with: key)
    let keyPEM = try key.pem()
    let authority = try CertificateAuthority(
      certificatePEM: try certificate.pem(), keyPEM: keyPEM)
    return (authority, keyPEM)
  }

  /// Makes a certificate for the key of `request`. Name, usage and lifetime are the caller's;
  /// nothing else of the request counts.
  ///
  /// - Parameters:
  ///   - uri: the one alternative name; letters, digits, `:`, `-`, `.` and `_` only.
  ///   - now: seconds since 1970.
  package func issue(
    for request: CertificateRequest, uri: String, usages: Set<PeerCertificate.Usage>,
    lifetime: Duration, now: Int64
  ) throws(TransportError) -> IssuedCertificate {
    let plain = uri.utf8.allSatisfy { byte in
      (48...58).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || byte == 45 || byte == 46 || byte == 95
    }
    guard plain, !uri.isEmpty, uri.utf8.count <= 256, !usages.isEmpty else {
      throw TransportError(.badCertificate, "a certificate needs a plain URI and a usage")
    }
    let requestKey = try OpenSSLReason.object(
      X509_REQ_get0_pubkey(request.raw), .badCertificate, "the request has no public key")
    let blank = try CertificateBlank(now: now, lifetime: lifetime)
    try blank.name(subject: "livy", issuer: certificate)
    try blank.setKey(of: requestKey)
    try blank.add(NID_basic_constraints, "critical,CA:FALSE", issuer: certificate)
    try blank.add(NID_key_usage, "critical,digitalSignature", issuer: certificate)
    let names = usages.map { $0 == .server ? "serverAuth" : "clientAuth" }.sorted()
    try blank.add(NID_ext_key_usage, names.joined(separator: ","), issuer: certificate)
    try blank.add(NID_subject_alt_name, "critical,URI:\(uri)", issuer: certificate)
    try blank.add(NID_authority_key_identifier, "keyid:always", issuer: certificate)
    let issued = try blank.sign(with: key)
    return IssuedCertificate(
      pem: try issued.pem(), serial: blank.serial, publicKeyDigest: request.publicKeyDigest)
  }
}
