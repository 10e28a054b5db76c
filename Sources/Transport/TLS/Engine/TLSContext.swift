// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A certificate with its key: who we are in a handshake.
package struct TLSIdentity: Sendable {
  package var certificatePEM: String
  package var key: PrivateKey

  package init(certificatePEM: String, key: PrivateKey) {
    self.certificatePEM = certificatePEM
    self.key = key
  }
}

/// One side's settings for TLS, shared by all of its connections. TLS 1.3 only; the peer's
/// certificate must come from the one authority that is named here; nobody else's is trusted.
///
/// Proof for `@unchecked Sendable`: the `SSL_CTX` is configured in `init` and then only read,
/// which OpenSSL allows from several threads (openssl-threads(7)); the other properties are
/// immutable values.
package final class TLSContext: @unchecked Sendable {
  /// Judges a peer whose chain and dates are good: nil accepts, else the reason. Runs within the
  /// handshake, on the loop, so it must not block.
  package typealias Verify =
    @Sendable (
      _ certificate: PeerCertificate, _ applicationProtocol: String
    ) -> String?

  /// What a server offers (ALPN, RFC 7301), and whether it wants to know who calls.
  package struct ServedProtocol: Sendable {
    package enum ClientCertificate: Sendable {
      case required
      /// None is asked for.
      case none
    }

    package var name: String
    package var clientCertificate: ClientCertificate

    package init(_ name: String, clientCertificate: ClientCertificate) {
      self.name = name
      self.clientCertificate = clientCertificate
    }
  }

  enum Side {
    case server([ServedProtocol])
    case client(applicationProtocol: String)
  }

  let raw: OpaquePointer
  let side: Side
  let verify: Verify

  /// For a listener. A peer that offers none of `protocols` is refused.
  package static func server(
    identity: TLSIdentity, trusting authorityPEM: String, protocols: [ServedProtocol],
    verify: @escaping Verify
  ) throws(TransportError) -> TLSContext {
    try TLSContext(.server(protocols), identity, authorityPEM, verify)
  }

  /// For a dialer. `identity` is nil where we have no certificate yet.
  package static func client(
    identity: TLSIdentity?, trusting authorityPEM: String, applicationProtocol: String,
    verify: @escaping Verify
  ) throws(TransportError) -> TLSContext {
    try TLSContext(
      .client(applicationProtocol: applicationProtocol), identity, authorityPEM, verify)
  }

  private init(
    _ side: Side, _ identity: TLSIdentity?, _ authorityPEM: String, _ verify: @escaping Verify
  ) throws(TransportError) {
    raw = try OpenSSLReason.object(
      SSL_CTX_new(TLS_method()), .system, "no TLS context can be made")
    self.side = side
    self.verify = verify
    // From here on `deinit` frees `raw`, also when a throw leaves `init`.
    try configure()
    if let identity { try show(identity) }
    try trust(X509Certificate(pem: authorityPEM))
    switch side {
    case .server:
      SSL_CTX_set_client_hello_cb(raw, tlsDidReceiveHello, nil)
      SSL_CTX_set_alpn_select_cb(raw, tlsDidOfferProtocols, nil)
    case .client(let applicationProtocol):
      let list = [UInt8(clamping: applicationProtocol.utf8.count)] + Array(applicationProtocol.utf8)
      // This one call answers 0 for success.
      guard SSL_CTX_set_alpn_protos(raw, list, UInt32(list.count)) == 0 else {
        throw TransportError(.system, "the protocol \(applicationProtocol) cannot be offered")
      }
    }
  }

  deinit {
    SSL_CTX_free(raw)
  }

  /// AES-128-GCM first: the fastest here with AES instructions, and as strong as the P-256 keys
  /// (see docs of TLS 1.3, RFC 8446 B.4).
  private static let ciphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

  private func configure() throws(TransportError) {
    let what = "TLS 1.3 cannot be configured"
    try OpenSSLReason.check(cuv_tls_configure(raw), .system, what)
    try OpenSSLReason.check(SSL_CTX_set_ciphersuites(raw, Self.ciphers), .system, what)
    // A chain of ours has two links: the authority and the leaf.
    SSL_CTX_set_verify_depth(raw, 1)
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    SSL_CTX_set_cert_verify_callback(raw, tlsDidReceiveCertificate, nil)
  }

  private func show(_ identity: TLSIdentity) throws(TransportError) {
    let certificate = try X509Certificate(pem: identity.certificatePEM)
    try OpenSSLReason.check(
      SSL_CTX_use_certificate(raw, certificate.raw), .badCertificate,
      "our certificate cannot be used")
    try OpenSSLReason.check(
      SSL_CTX_use_PrivateKey(raw, identity.key.raw), .badKey,
      "our key does not fit our certificate")
  }

  private func trust(_ authority: X509Certificate) throws(TransportError) {
    try OpenSSLReason.check(
      X509_STORE_add_cert(SSL_CTX_get_cert_store(raw), authority.raw), .badCertificate,
      "the authority's certificate cannot be used")
  }
}
