// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A session in OpenSSL's memory, as a client keeps it.
///
/// Proof for `@unchecked Sendable`: the copy is nobody else's, nothing changes it here, its reference
/// count is atomic, and one connection alone gets it, since `SessionShelf` gives it away once.
final class OpenSSLSession: @unchecked Sendable {
  let raw: OpaquePointer

  /// A copy: OpenSSL spoils the session of a connection that ends without a goodbye, and such
  /// connections are the ones that come back. Nil where there is no memory.
  init?(copying session: OpaquePointer) {
    guard let raw = SSL_SESSION_dup(session) else { return nil }
    self.raw = raw
  }

  deinit {
    SSL_SESSION_free(raw)
  }
}

extension ResumableSession {
  /// What `session` of a server's connection holds; nil where it cannot be resumed.
  init?(
    _ session: OpaquePointer, applicationProtocol: String, peer: PeerCertificate, made: Int64
  ) {
    var count: UInt32 = 0
    let start = SSL_SESSION_get_id(session, &count)
    guard let name = SessionName(UnsafeRawBufferPointer(start: start, count: Int(count))),
      let cipher = SSL_SESSION_get0_cipher(session)
    else { return nil }
    let secret = [UInt8](unsafeUninitializedCapacity: Self.secretBytesMax) { buffer, used in
      used = SSL_SESSION_get_master_key(session, buffer.baseAddress, buffer.count)
    }
    guard !secret.isEmpty else { return nil }
    self.init(
      name: name, secret: secret, cipherSuite: SSL_CIPHER_get_protocol_id(cipher),
      applicationProtocol: applicationProtocol, peer: peer, made: made)
  }

  /// SHA-384's, the longest hash of TLS 1.3's cipher suites.
  private static let secretBytesMax = 48

  /// A session as OpenSSL wants it, with nothing in it but what the key schedule needs. The caller
  /// owns the reference.
  func inOpenSSL(for ssl: OpaquePointer, context: [UInt8]) -> OpaquePointer? {
    let suite = [UInt8(cipherSuite >> 8), UInt8(cipherSuite & 0xFF)]
    guard let cipher = SSL_CIPHER_find(ssl, suite), let session = SSL_SESSION_new() else {
      return nil
    }
    let name = name.bytes
    let isWhole =
      SSL_SESSION_set1_master_key(session, secret, secret.count) == 1
      && SSL_SESSION_set_cipher(session, cipher) == 1
      && SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1
      && SSL_SESSION_set1_id(session, name, UInt32(name.count)) == 1
      && SSL_SESSION_set1_id_context(session, context, UInt32(context.count)) == 1
    if isWhole { return session }
    SSL_SESSION_free(session)
    return nil
  }
}
