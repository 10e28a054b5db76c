// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A private key on the curve P-256, with its public half.
///
/// Proof for `@unchecked Sendable`: the `EVP_PKEY` is never changed after `init`, its reference
/// count is atomic, and OpenSSL 3 allows signing with one key on several threads
/// (openssl-threads(7)).
package final class PrivateKey: @unchecked Sendable {
  let raw: OpaquePointer

  /// Takes over one reference.
  private init(owning raw: OpaquePointer) {
    self.raw = raw
  }

  deinit {
    EVP_PKEY_free(raw)
  }

  /// A new key from OpenSSL's random generator.
  package static func generate() throws(TransportError) -> PrivateKey {
    let context = try OpenSSLReason.object(
      EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil), .badKey, "no key can be made")
    defer { EVP_PKEY_CTX_free(context) }
    try OpenSSLReason.check(EVP_PKEY_keygen_init(context), .badKey, "no key can be made")
    try OpenSSLReason.check(
      EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1), .badKey,
      "this OpenSSL lacks the curve P-256")
    var key: OpaquePointer?
    try OpenSSLReason.check(EVP_PKEY_keygen(context, &key), .badKey, "no key can be made")
    return PrivateKey(owning: try OpenSSLReason.object(key, .badKey, "no key can be made"))
  }

  /// Reads an unencrypted key. Throws `.badKey`.
  package convenience init(pem: String) throws(TransportError) {
    let raw = try PEM.object(in: pem, .badKey, "the private key") { bio in
      PEM_read_bio_PrivateKey(bio, nil, refusePassphrase, nil)
    }
    self.init(owning: raw)
  }

  /// PKCS #8, unencrypted. Secret: write it to a file of mode 0600 only.
  package func pem() throws(TransportError) -> String {
    try PEM.text("the private key") { bio in
      PEM_write_bio_PKCS8PrivateKey(bio, raw, nil, nil, 0, nil, nil)
    }
  }
}

/// OpenSSL would ask on the terminal for the passphrase of an encrypted key; a server has nobody
/// to ask.
private func refusePassphrase(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ writing: Int32,
  _ user: UnsafeMutableRawPointer?
) -> Int32 {
  0
}
