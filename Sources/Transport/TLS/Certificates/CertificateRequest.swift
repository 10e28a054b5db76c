// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A PKCS #10 request: a public key, and the proof that its sender holds the private half.
/// Nothing else in it counts.
///
/// Proof for `@unchecked Sendable`: the `X509_REQ` is never changed after `init`; it is only read.
package final class CertificateRequest: @unchecked Sendable {
  let raw: OpaquePointer
  /// SHA-256 of the public key (SubjectPublicKeyInfo), lower-case hex.
  package let publicKeyDigest: String

  /// A request with a P-256 key takes about 220 bytes.
  package static let bytesMax = 2_048

  private init(owning raw: OpaquePointer) throws(TransportError) {
    do {
      let key = try OpenSSLReason.object(
        X509_REQ_get0_pubkey(raw), .badCertificate, "the request has no usable public key")
      publicKeyDigest = try digestOfPublicKey(key)
    } catch {
      X509_REQ_free(raw)
      throw error
    }
    self.raw = raw
  }

  deinit {
    X509_REQ_free(raw)
  }

  /// Reads a request and checks its signature. The key must lie on P-256, as ours do. Throws
  /// `.badCertificate`.
  package convenience init(der bytes: [UInt8]) throws(TransportError) {
    guard !bytes.isEmpty, bytes.count <= Self.bytesMax else {
      throw TransportError(
        .badCertificate, "a certificate request has 1 to \(Self.bytesMax) bytes, not \(bytes.count)"
      )
    }
    let raw = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      let raw = d2i_X509_REQ(nil, &cursor, buffer.count)
      guard let raw, cursor == buffer.baseAddress.map({ $0 + buffer.count }) else {
        X509_REQ_free(raw)
        return nil
      }
      return raw
    }
    try self.init(
      owning: OpenSSLReason.object(
        raw, .badCertificate, "the bytes are not a certificate request"))
    let key = X509_REQ_get0_pubkey(self.raw)
    var group = [CChar](repeating: 0, count: 64)
    var length = 0
    let known = EVP_PKEY_get_group_name(key, &group, group.count, &length)
    let name = String(decoding: group.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard known == 1, name == "prime256v1" || name == "P-256" else {
      throw TransportError(
        .badCertificate, "the request's key does not lie on P-256", reason: OpenSSLReason.take())
    }
    try OpenSSLReason.check(
      X509_REQ_verify(self.raw, key), .badCertificate,
      "the request's signature does not fit its key")
  }

  /// DER of a new request for `key`.
  package static func der(for key: PrivateKey) throws(TransportError) -> [UInt8] {
    let request = try OpenSSLReason.object(X509_REQ_new(), .system, "no memory for a request")
    defer { X509_REQ_free(request) }
    let what = "no certificate request can be made"
    try OpenSSLReason.check(X509_REQ_set_version(request, 0), .badCertificate, what)
    try OpenSSLReason.check(X509_REQ_set_pubkey(request, key.raw), .badCertificate, what)
    try OpenSSLReason.check(
      X509_REQ_sign(request, key.raw, EVP_sha256()), .badCertificate, what)
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509_REQ(request, &encoded)
    guard count > 0, let encoded else {
      throw TransportError(.badCertificate, what, reason: OpenSSLReason.take())
    }
    defer { CRYPTO_free(encoded, nil, 0) }
    return Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
  }
}
