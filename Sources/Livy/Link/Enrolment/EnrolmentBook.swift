// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport

/// Who may enrol, and who has. Pure: time comes in, decisions come out.
///
///     expect ──> awaiting ──present(key)──> bound ──issued──> enrolled
///     readmit ──────────────────────────────────────────────> readmitted
///     forget, in any of them ──> nothing is known any more
///
/// A token binds to the first public key that presents it: the same key gets the same certificate
/// again, since an answer may be lost on the way; any other key is refused. Tokens are kept as
/// SHA-256 digests only. A readmitted session has none: its driver has its certificate already.
struct EnrolmentBook {
  private struct Entry {
    var attempt: UInt32
    var token: Token?
    var stage: Stage
  }

  private struct Token {
    var digest: [UInt8]
    var expires: LoopInstant
  }

  private enum Stage {
    case awaiting
    case bound(keyDigest: String)
    case enrolled(keyDigest: String, certificate: String)
    /// Enrolled under an earlier run of the server.
    case readmitted(keyDigest: String)

    var keyDigest: String? {
      switch self {
      case .awaiting: nil
      case .bound(let keyDigest), .enrolled(let keyDigest, _), .readmitted(let keyDigest):
        keyDigest
      }
    }
  }

  enum Presentation: Equatable {
    /// The token is now bound to this key: make the certificate, then call `issued`.
    case issue(SessionUUID)
    /// The same key asked before.
    case again(SessionUUID, certificate: String)
    /// No such token, or no longer.
    case refuse(Refusal)
  }

  enum Refusal: Equatable {
    case unknownToken
    case expired(SessionUUID)
    /// Somebody else used the token first. Worth an alarm: a token leaked, or a driver was started
    /// twice.
    case boundToAnotherKey(SessionUUID)
  }

  private var entries: [SessionUUID: Entry] = [:]
  private var sessionsByToken: [[UInt8]: SessionUUID] = [:]

  /// Replaces an older attempt of the same session, whose token dies with it.
  mutating func expect(
    _ session: SessionUUID, attempt: UInt32, tokenDigest: [UInt8], expires: LoopInstant
  ) {
    forget(session)
    entries[session] = Entry(
      attempt: attempt, token: Token(digest: tokenDigest, expires: expires), stage: .awaiting)
    sessionsByToken[tokenDigest] = session
  }

  /// The holder of this key was enrolled before, and is let in again. No token leads to it.
  mutating func readmit(_ session: SessionUUID, attempt: UInt32, keyDigest: String) {
    forget(session)
    entries[session] = Entry(
      attempt: attempt, token: nil, stage: .readmitted(keyDigest: keyDigest))
  }

  mutating func present(
    tokenDigest: [UInt8], keyDigest: String, now: LoopInstant
  ) -> Presentation {
    guard let session = sessionsByToken[tokenDigest], var entry = entries[session],
      let token = entry.token
    else { return .refuse(.unknownToken) }
    guard now < token.expires else { return .refuse(.expired(session)) }
    if let bound = entry.stage.keyDigest, bound != keyDigest {
      return .refuse(.boundToAnotherKey(session))
    }
    if case .enrolled(_, let certificate) = entry.stage {
      return .again(session, certificate: certificate)
    }
    entry.stage = .bound(keyDigest: keyDigest)
    entries[session] = entry
    return .issue(session)
  }

  /// Keeps the certificate for the key that asked again. Ignored where the session was forgotten
  /// meanwhile.
  mutating func issued(_ session: SessionUUID, keyDigest: String, certificate: String) {
    guard var entry = entries[session], entry.stage.keyDigest == keyDigest else { return }
    entry.stage = .enrolled(keyDigest: keyDigest, certificate: certificate)
    entries[session] = entry
  }

  /// The attempt that the holder of this key belongs to; nil where the session is unknown, was
  /// forgotten, or has another key.
  func attempt(of session: SessionUUID, keyDigest: String) -> UInt32? {
    guard let entry = entries[session], entry.stage.keyDigest == keyDigest else { return nil }
    return entry.attempt
  }

  mutating func forget(_ session: SessionUUID) {
    guard let entry = entries.removeValue(forKey: session), let token = entry.token else { return }
    sessionsByToken[token.digest] = nil
  }

  /// Sessions whose drivers may still come or have come.
  var count: Int { entries.count }
}
