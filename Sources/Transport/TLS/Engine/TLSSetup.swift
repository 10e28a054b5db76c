// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// What one generation of a `TLSContext` shows and trusts, in OpenSSL's form, with the sessions that
/// were made under it. A reload makes a new one; connections go on with theirs.
///
/// Proof for `@unchecked Sendable`: the `SSL_CTX` is configured in `init` and then only read,
/// which OpenSSL allows from several threads (openssl-threads(7)); the other properties are
/// immutable values or locked.
final class TLSSetup: @unchecked Sendable {
  let raw: OpaquePointer
  /// A server's.
  let book: Locked<SessionBook>
  /// A client's.
  let shelf: Locked<SessionShelf<OpenSSLSession>>
  /// End of the authority's own validity, seconds since 1970.
  private let authorityEnd: Int64

  init(
    _ side: TLSContext.Side, _ identity: TLSIdentity?, trusting authorityPEM: String,
    limits: TransportLimits
  ) throws(TransportError) {
    book = Locked(SessionBook(limits: limits))
    shelf = Locked(SessionShelf(limits: limits))
    let authority = try X509Certificate(pem: authorityPEM)
    authorityEnd = try PeerCertificate.end(of: authority.raw)
    raw = try OpenSSLReason.object(
      SSL_CTX_new(TLS_method()), .system, "no TLS context can be made")
    // From here on `deinit` frees `raw`, also when a throw leaves `init`.
    try configure(side, limits)
    if let identity { try show(identity) }
    try trust(authority)
  }

  deinit {
    SSL_CTX_free(raw)
  }

  /// Whether a peer that was proven before is still within its certificate's time and its
  /// authority's. `now` is seconds since 1970.
  func isCurrent(_ peer: PeerCertificate, now: Int64) -> Bool {
    now <= min(peer.notAfter, authorityEnd)
  }

  func forgetSessions(of peers: PeerSelector) {
    book.withLock { book in _ = book.forget(peers) }
    shelf.withLock { shelf in shelf.forget(peers) }
  }

  /// AES-128-GCM first: the fastest here with AES instructions, and as strong as the P-256 keys
  /// (see docs of TLS 1.3, RFC 8446 B.4). AES-256 costs about the same and is there for policies
  /// that ask for it; ChaCha20 is for hosts without AES instructions.
  private static let ciphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

  private func configure(
    _ side: TLSContext.Side, _ limits: TransportLimits
  ) throws(TransportError) {
    let what = "TLS 1.3 cannot be configured"
    let sessionSeconds = Int(clamping: limits.resumptionAgeMax.components.seconds)
    try OpenSSLReason.check(
      cuv_tls_configure(raw, side.isServer ? 1 : 0, sessionSeconds), .system, what)
    try setCiphers(Self.ciphers)
    // A chain of ours has two links: the authority and the leaf.
    SSL_CTX_set_verify_depth(raw, 1)
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    SSL_CTX_set_cert_verify_callback(raw, tlsDidReceiveCertificate, nil)
    SSL_CTX_sess_set_new_cb(raw, tlsDidMakeSession)
    switch side {
    case .server:
      SSL_CTX_sess_set_get_cb(raw, tlsDidNameSession)
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

  /// A list of OpenSSL's names, best first. Before the first connection only.
  func setCiphers(_ names: String) throws(TransportError) {
    try OpenSSLReason.check(
      SSL_CTX_set_ciphersuites(raw, names), .system, "the cipher suites cannot be set")
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

  /// Throws where no peer that trusts our authority would accept what we show: another authority's,
  /// or out of date. `now` is seconds since 1970.
  func checkOwn(_ identity: TLSIdentity, now: Int64) throws(TransportError) {
    let certificate = try X509Certificate(pem: identity.certificatePEM)
    let check = try OpenSSLReason.object(
      X509_STORE_CTX_new(), .system, "no memory to check a certificate")
    defer { X509_STORE_CTX_free(check) }
    try OpenSSLReason.check(
      X509_STORE_CTX_init(check, SSL_CTX_get_cert_store(raw), certificate.raw, nil), .system,
      "our certificate cannot be checked")
    X509_STORE_CTX_set_time(check, 0, time_t(now))
    guard X509_verify_cert(check) != 1 else { return }
    let code = X509_STORE_CTX_get_error(check)
    ERR_clear_error()
    throw TransportError(
      .badCertificate, "our certificate is not one that our peers would accept",
      reason: String(cString: X509_verify_cert_error_string(Int(code))))
  }
}
