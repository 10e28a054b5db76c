// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A certificate in OpenSSL's memory.
///
/// Proof for `@unchecked Sendable`: the `X509` is never changed after `init`, and reading one on
/// several threads is allowed (openssl-threads(7)); what OpenSSL caches inside it, it guards by a
/// lock of its own.
final class X509Certificate: @unchecked Sendable {
  let raw: OpaquePointer

  /// Takes over one reference.
  init(owning raw: OpaquePointer) {
    self.raw = raw
  }

  convenience init(pem: String) throws(TransportError) {
    self.init(
      owning: try PEM.object(in: pem, .badCertificate, "the certificate") { bio in
        PEM_read_bio_X509(bio, nil, nil, nil)
      })
  }

  deinit {
    X509_free(raw)
  }

  func pem() throws(TransportError) -> String {
    try PEM.text("the certificate") { bio in PEM_write_bio_X509(bio, raw) }
  }
}

extension PeerCertificate {
  /// Reads a certificate whose chain and dates were verified. Throws `.untrusted` where it
  /// carries what we do not understand.
  init(reading certificate: OpaquePointer) throws(TransportError) {
    guard X509_get0_pubkey(certificate) != nil else {
      throw TransportError(
        .untrusted, "the peer's certificate has no usable public key",
        reason: OpenSSLReason.take())
    }
    // As it stands in the certificate: encoding the key again costs 30 microseconds.
    let digest = try digestOfPublicKey { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &$0) }
    self.init(
      uris: try Self.uris(of: certificate), usages: Self.usages(of: certificate),
      serial: try Self.serial(of: certificate), publicKeyDigest: digest,
      notAfter: try Self.end(of: certificate))
  }

  /// Certificates of ours carry one; far more is an attack.
  private static let urisMax: Int32 = 16

  private static func uris(of certificate: OpaquePointer) throws(TransportError) -> [String] {
    guard let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let names = OpaquePointer(raw)
    defer { GENERAL_NAMES_free(names) }
    let count = cuv_general_names_count(names)
    guard count <= urisMax else {
      throw TransportError(.untrusted, "the peer's certificate has more than \(urisMax) names")
    }
    var uris: [String] = []
    for index in 0..<max(count, 0) {
      var length: Int32 = 0
      guard let bytes = cuv_general_names_uri(names, index, &length), length > 0 else { continue }
      let text = UnsafeBufferPointer(start: bytes, count: Int(length))
      guard text.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw TransportError(.untrusted, "the peer's certificate has a name that is no URI")
      }
      uris.append(String(decoding: text, as: UTF8.self))
    }
    return uris
  }

  private static func usages(of certificate: OpaquePointer) -> Set<Usage> {
    let flags = X509_get_extended_key_usage(certificate)
    // Without the extension OpenSSL answers "all"; ours always carry it, so without it there is
    // none.
    guard flags != UInt32.max else { return [] }
    var usages: Set<Usage> = []
    if flags & UInt32(XKU_SSL_SERVER) != 0 { usages.insert(.server) }
    if flags & UInt32(XKU_SSL_CLIENT) != 0 { usages.insert(.client) }
    return usages
  }

  private static func serial(of certificate: OpaquePointer) throws(TransportError) -> String {
    let number = try OpenSSLReason.object(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil), .untrusted,
      "the peer's certificate has no serial number")
    defer { BN_free(number) }
    // RFC 5280, 4.1.2.2: at most 20 octets.
    let count = Int((BN_num_bits(number) + 7) / 8)
    guard count <= 20 else {
      throw TransportError(.untrusted, "the peer's certificate has an overlong serial number")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    BN_bn2bin(number, &bytes)
    return hexadecimal(bytes)
  }

  /// End of validity, seconds since 1970.
  static func end(of certificate: OpaquePointer) throws(TransportError) -> Int64 {
    var days: Int32 = 0
    var seconds: Int32 = 0
    let start = try OpenSSLReason.object(ASN1_TIME_set(nil, 0), .system, "no memory for a date")
    defer { ASN1_TIME_free(start) }
    let end = X509_get0_notAfter(certificate)
    guard ASN1_TIME_diff(&days, &seconds, start, end) == 1 else {
      throw TransportError(
        .untrusted, "the peer's certificate has no usable end", reason: OpenSSLReason.take())
    }
    return Int64(days) * 86_400 + Int64(seconds)
  }
}

/// SHA-256 of the SubjectPublicKeyInfo, lower-case hex.
func digestOfPublicKey(_ key: OpaquePointer) throws(TransportError) -> String {
  try digestOfPublicKey { i2d_PUBKEY(key, &$0) }
}

private func digestOfPublicKey(
  encodedBy encode: (inout UnsafeMutablePointer<UInt8>?) -> Int32
) throws(TransportError) -> String {
  var encoded: UnsafeMutablePointer<UInt8>?
  let count = encode(&encoded)
  guard count > 0, let encoded else {
    throw TransportError(.badKey, "a public key cannot be encoded", reason: OpenSSLReason.take())
  }
  defer { CRYPTO_free(encoded, nil, 0) }
  let bytes = Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
  return hexadecimal(SHA256.digest(of: bytes))
}
