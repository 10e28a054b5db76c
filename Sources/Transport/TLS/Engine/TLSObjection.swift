// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// What we dislike about a peer, found by one of our own checks. Its words tell whoever reads our
/// log what to do.
enum TLSObjection {
  /// OpenSSL's judgement of the chain: a code of X509_V.
  case certificate(Int32)
  /// The certificate is good, its holder is not.
  case peer(PeerRefusal)
  /// No protocol (ALPN) in common.
  case protocols
  /// The client looks for another server (SNI).
  case serverName(String)

  /// - Parameter text: OpenSSL's own words, where there is nothing better.
  func error(_ text: String?) -> TransportError {
    switch self {
    case .certificate(let code):
      TransportError(
        .untrusted, "we refused the peer's certificate\(Self.words(code))",
        reason: String(cString: X509_verify_cert_error_string(Int(code))))
    case .peer(let refusal):
      switch refusal.kind {
      case .unfit:
        TransportError(
          .untrusted, "we refused the peer's certificate: its holder may not do this here",
          reason: refusal.reason)
      case .revoked:
        TransportError(
          .untrusted, "we refused the peer's certificate, which is revoked: it needs a new one",
          reason: refusal.reason)
      }
    case .protocols:
      TransportError(
        .handshakeFailed,
        "the TLS handshake failed: the peer names no protocol (ALPN) that we speak; "
          + "it is another program, or one of another version", reason: text)
    case .serverName(let name):
      TransportError(
        .handshakeFailed,
        "the TLS handshake failed: the peer looks for another server (SNI); it has a wrong address",
        reason: "it asks for \(name)")
    }
  }

  private static func words(_ code: Int32) -> String {
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      ", which has expired: it needs a new one, or a clock is wrong"
    case X509_V_ERR_CERT_NOT_YET_VALID:
      ", which is not valid yet: compare the clocks of the two hosts"
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
      X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_SIGNATURE_FAILURE:
      ", which is not of our authority: it belongs to another server's"
    case X509_V_ERR_INVALID_PURPOSE:
      ", which is not made for its side of the connection"
    default: ""
    }
  }
}

/// What the peer dislikes about us, as far as TLS's alert tells (RFC 8446, 6.2).
enum TLSAlert {
  /// - Parameter reason: OpenSSL's reason code of the alert.
  static func error(_ what: String, _ reason: Int32, _ text: String?) -> TransportError {
    TransportError(
      .peerRejected, "\(what): the peer refused us\(words(reason - SSL_AD_REASON_OFFSET))",
      reason: text)
  }

  private static func words(_ alert: Int32) -> String {
    switch alert {
    case SSL_AD_BAD_CERTIFICATE:
      ": our certificate is not valid yet by its clock, or not for this role; its log says which"
    case SSL_AD_UNSUPPORTED_CERTIFICATE: ": our certificate is not made for our side"
    case SSL_AD_CERTIFICATE_REVOKED: ": our certificate is revoked; what it stood for has ended"
    case SSL_AD_CERTIFICATE_EXPIRED:
      ": our certificate has expired by its clock; we need a new one, or a clock is wrong"
    case SSL_AD_UNKNOWN_CA, SSL_AD_DECRYPT_ERROR:
      ": our certificate is not of its authority; we belong to another server"
    case SSL_AD_CERTIFICATE_REQUIRED: ": it needs a certificate, and we showed none"
    case SSL_AD_PROTOCOL_VERSION: ": it does not speak TLS 1.3"
    case SSL_AD_HANDSHAKE_FAILURE: ": it has no cipher or group in common with us"
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      ": it speaks none of our protocols (ALPN); it is another program, or of another version"
    case SSL_AD_UNRECOGNIZED_NAME: ": it is not the server that we look for (SNI)"
    default: ""
    }
  }
}

/// What OpenSSL itself could not go on with.
struct TLSFault {
  var what: String
  /// OpenSSL's reason code; 0 where it has none.
  var reason: Int32
  var text: String?
  var applicationProtocol: String?
  var isHandshaking: Bool

  var error: TransportError {
    switch reason {
    case 0: TransportError(.reset, "\(what): the connection broke")
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      TransportError(
        .untrusted,
        "the peer showed no certificate, and \(applicationProtocol ?? "TLS") needs one: "
          + "it must enrol first", reason: text)
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      TransportError(.untrusted, "we refused the peer's certificate", reason: text)
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
      TransportError(
        .handshakeFailed,
        "\(what): the peer does not speak TLS; it is another program, or has a wrong port",
        reason: text)
    case SSL_R_UNSUPPORTED_PROTOCOL:
      TransportError(.handshakeFailed, "\(what): the peer lacks TLS 1.3", reason: text)
    case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS:
      TransportError(
        .handshakeFailed, "\(what): the peer has no cipher or group in common with us",
        reason: text)
    default:
      TransportError(isHandshaking ? .handshakeFailed : .system, what, reason: text)
    }
  }
}
