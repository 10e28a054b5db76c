// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A certificate while it is filled in; `sign` makes it one.
final class CertificateBlank {
  private let raw: OpaquePointer
  /// Random, 128 bits, lower-case hex.
  let serial: String

  private static let failure = "no certificate can be made"

  init(now: Int64, lifetime: Duration) throws(TransportError) {
    raw = try OpenSSLReason.object(X509_new(), .system, "no memory for a certificate")
    var bytes = try SecureRandom.bytes(16)
    // A serial number is positive and of full length (RFC 5280, 4.1.2.2): first bit 0, first byte
    // not 0.
    bytes[0] = bytes[0] & 0x7F | 0x40
    serial = hexadecimal(bytes)
    try OpenSSLReason.check(X509_set_version(raw, 2), .badCertificate, Self.failure)
    let number = try OpenSSLReason.object(
      BN_bin2bn(bytes, Int32(bytes.count), nil), .system, Self.failure)
    defer { BN_free(number) }
    let written = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(raw)) != nil
    try OpenSSLReason.check(written ? 1 : 0, .badCertificate, Self.failure)
    let start = now.subtractingReportingOverflow(CertificateAuthority.backdating.components.seconds)
    let end = now.addingReportingOverflow(lifetime.components.seconds)
    guard !start.overflow, !end.overflow else {
      throw TransportError(.badCertificate, "the certificate's dates are out of range")
    }
    try set(X509_getm_notBefore(raw), to: start.partialValue)
    try set(X509_getm_notAfter(raw), to: end.partialValue)
  }

  deinit {
    X509_free(raw)
  }

  private func set(_ date: UnsafeMutablePointer<ASN1_TIME>?, to seconds: Int64)
    throws(TransportError)
  {
    _ = try OpenSSLReason.object(
      ASN1_TIME_set(date, Int(seconds)), .badCertificate,
      "a date of the certificate is out of range")
  }

  func name(subject: String, issuer: String) throws(TransportError) {
    try setCommonName(X509_get_subject_name(raw), subject)
    try setCommonName(X509_get_issuer_name(raw), issuer)
  }

  func name(subject: String, issuer: X509Certificate) throws(TransportError) {
    try setCommonName(X509_get_subject_name(raw), subject)
    try OpenSSLReason.check(
      X509_set_issuer_name(raw, X509_get_subject_name(issuer.raw)), .badCertificate, Self.failure)
  }

  private func setCommonName(_ name: OpaquePointer?, _ text: String) throws(TransportError) {
    let bytes = Array(text.utf8)
    try OpenSSLReason.check(
      X509_NAME_add_entry_by_NID(
        name, NID_commonName, MBSTRING_UTF8, bytes, Int32(clamping: bytes.count), -1, 0),
      .badCertificate, "\(text) cannot be a certificate's name")
  }

  func setKey(of key: OpaquePointer) throws(TransportError) {
    try OpenSSLReason.check(X509_set_pubkey(raw, key), .badCertificate, Self.failure)
  }

  /// Adds an extension in OpenSSL's textual form. `issuer` is nil for a certificate that vouches
  /// for itself.
  func add(_ id: Int32, _ value: String, issuer: X509Certificate?) throws(TransportError) {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer?.raw ?? raw, raw, nil, nil, 0)
    let made = try OpenSSLReason.object(
      X509V3_EXT_conf_nid(nil, &context, id, value), .badCertificate, Self.failure)
    defer { X509_EXTENSION_free(made) }
    try OpenSSLReason.check(X509_add_ext(raw, made, -1), .badCertificate, Self.failure)
  }

  func sign(with key: PrivateKey) throws(TransportError) -> X509Certificate {
    try OpenSSLReason.check(X509_sign(raw, key.raw, EVP_sha256()), .badCertificate, Self.failure)
    X509_up_ref(raw)
    return X509Certificate(owning: raw)
  }
}
