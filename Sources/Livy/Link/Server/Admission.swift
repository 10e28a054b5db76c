// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport
internal import Wire
internal import WireCodec
internal import WireMessages

/// Decides who gets in: trades tokens for certificates, and judges certificates during the
/// handshake. Its one lock makes binding a token to a key atomic; what happens under it is
/// arithmetic and one signature.
final class Admission: Sendable {
  let authority: CertificateAuthority
  private let limits: LinkLimits
  private let now: @Sendable () -> LoopInstant
  /// Seconds since 1970, for certificates.
  private let date: @Sendable () -> Int64
  private let book = Locked(EnrolmentBook())

  init(
    authority: CertificateAuthority, limits: LinkLimits,
    now: @escaping @Sendable () -> LoopInstant, date: @escaping @Sendable () -> Int64
  ) {
    self.authority = authority
    self.limits = limits
    self.now = now
    self.date = date
  }

  /// Makes the token of one launch attempt. Only its digest is kept.
  func expect(
    _ session: SessionUUID, attempt: UInt32, lifetime: Duration
  ) throws(TransportError) -> [UInt8] {
    let token = try SecureRandom.bytes(LaunchTicket.tokenBytes)
    let digest = SHA256.digest(of: token)
    let expires = now().advanced(by: lifetime)
    book.withLock { book in
      book.expect(session, attempt: attempt, tokenDigest: digest, expires: expires)
    }
    return token
  }

  /// Lets the certificate of this key in again, without a token.
  func readmit(_ session: SessionUUID, attempt: UInt32, key: DriverKey) {
    book.withLock { book in
      book.readmit(session, attempt: attempt, keyDigest: key.digest)
    }
  }

  func forget(_ session: SessionUUID) {
    book.withLock { book in book.forget(session) }
  }

  /// The attempt whose driver holds this certificate; nil where it is not, or no longer, admitted.
  func attempt(of session: SessionUUID, _ certificate: PeerCertificate) -> UInt32? {
    book.withLock { book in
      book.attempt(of: session, keyDigest: certificate.publicKeyDigest)
    }
  }

  /// For handshakes on `livy/1`: nil admits, else the reason. A forgotten session is refused here,
  /// so that a stolen certificate is worth nothing after the session's end.
  func judge(_ certificate: PeerCertificate, acting usage: PeerCertificate.Usage) -> PeerRefusal? {
    guard case .session(let session)? = Role(certificate) else {
      return "the certificate does not carry the role of a session"
    }
    guard certificate.usages.contains(usage) else {
      return "the certificate may not be used by a \(usage)"
    }
    guard attempt(of: session, certificate) != nil else {
      return PeerRefusal(.revoked, "session \(session) is unknown or has ended")
    }
    return nil
  }

  enum Outcome {
    case certificate(String, SessionUUID, DriverKey)
    case refused(CallError, reason: String)
  }

  /// One enrolment. The peer learns no more than that its token is no good; the notice says why.
  func enroll(_ request: EnrollRequest) -> Outcome {
    let signer: CertificateRequest
    do {
      signer = try CertificateRequest(der: request.certificateRequest)
    } catch {
      return .refused(
        CallError(.invalidArgument, "the certificate request cannot be used"),
        reason: "bad certificate request: \(error)")
    }
    let digest = SHA256.digest(of: request.token)
    let keyDigest = signer.publicKeyDigest
    return book.withLock { book in
      switch book.present(tokenDigest: digest, keyDigest: keyDigest, now: now()) {
      case .again(let session, let certificate):
        return .certificate(certificate, session, DriverKey(digest: keyDigest))
      case .refuse(let refusal):
        return .refused(
          CallError(.permissionDenied, "this token is not, or no longer, good for a certificate"),
          reason: refusal.text)
      case .issue(let session):
        do {
          let certificate = try authority.issue(
            for: signer, uri: Role.session(session).uri, usages: [.client, .server],
            lifetime: limits.certificateLifetime, now: date())
          book.issued(session, keyDigest: keyDigest, certificate: certificate.pem)
          return .certificate(certificate.pem, session, DriverKey(digest: keyDigest))
        } catch {
          return .refused(
            CallError(.internal, "the server could not make the certificate"),
            reason: "\(error)")
        }
      }
    }
  }
}

extension EnrolmentBook.Refusal {
  var text: String {
    switch self {
    case .unknownToken: "unknown token"
    case .expired(let session): "the token of \(session) has expired"
    case .boundToAnotherKey(let session):
      "the token of \(session) was used before, with another key"
    }
  }
}

/// Serves `livy-enroll/1`.
struct EnrolmentDesk: EnrolmentHandler {
  let admission: Admission
  let notice: @Sendable (LinkNotice) -> Void
  let enrolled: @Sendable (SessionUUID, DriverKey) async -> Void

  func enroll(_ request: EnrollRequest, _ call: CallContext) async throws -> EnrollResponse {
    switch admission.enroll(request) {
    case .certificate(let certificate, let session, let key):
      notice(.enrolled(session, call.remoteAddress))
      await enrolled(session, key)
      return EnrollResponse(certificate: certificate)
    case .refused(let error, let reason):
      notice(.enrolmentRefused(call.remoteAddress, reason: reason))
      throw error
    }
  }
}
