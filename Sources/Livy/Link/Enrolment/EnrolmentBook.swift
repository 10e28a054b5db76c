// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport

/// Who may enrol, and who has. Pure: time comes in, decisions come out.
///
///     expect ──> awaiting ──present(key)──> bound ──issued──> enrolled
///                   │                         │                  │
///                   └── forget ───────────────┴──────────────────┘──> nothing is known any more
///
/// A token binds to the first public key that presents it: the same key gets the same certificate
/// again, since an answer may be lost on the way; any other key is refused. Tokens are kept as
/// SHA-256 digests only.
struct EnrolmentBook {
  private struct Entry {
    var attempt: UInt32
    var tokenDigest: [UInt8]
    var expires: LoopInstant
    var stage: Stage
  }

  private enum Stage {
    case awaiting
    case bound(keyDigest: String)
    case enrolled(keyDigest: String, certificate: String)

    var keyDigest: String? {
      switch self {
      case .awaiting: nil
      case .bound(let keyDigest), .enrolled(let keyDigest, _): keyDigest
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
      attempt: attempt, tokenDigest: tokenDigest, expires: expires, stage: .awaiting)
    sessionsByToken[tokenDigest] = session
  }

  mutating func present(
    tokenDigest: [UInt8], keyDigest: String, now: LoopInstant
  ) -> Presentation {
    guard let session = sessionsByToken[tokenDigest], var entry = entries[session] else {
      return .refuse(.unknownToken)
    }
    guard now < entry.expires else { return .refuse(.expired(session)) }
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
    guard let entry = entries.removeValue(forKey: session) else { return }
    sessionsByToken[entry.tokenDigest] = nil
  }

  /// Sessions whose drivers may still come or have come.
  var count: Int { entries.count }
}
