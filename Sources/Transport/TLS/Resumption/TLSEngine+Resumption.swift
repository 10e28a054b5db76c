// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// Coming back without a full handshake. A session shortens the proof of who the peer is; whether
/// he may come in is asked again each time.
extension TLSEngine {
  /// What a session must have been made for, as OpenSSL compares it: the protocol, so that none of
  /// one protocol opens another. At most 32 bytes.
  var sessionContext: [UInt8] {
    Array(SHA256.digest(of: Array((handshake.applicationProtocol ?? "").utf8)))
  }

  /// Client: takes the newest session of the target and offers it to the server. One whose server
  /// is not welcome any more is dropped: the full handshake then says why.
  func offerSession() {
    guard let target else { return }
    let kept = setup.shelf.withLock { shelf in shelf.take(target, now: now) }
    guard let kept, mayResume(kept.peer), SSL_set_session(ssl, kept.session.raw) == 1 else {
      return
    }
    handshake.resumingPeer = kept.peer
  }

  /// Server: the client names a session. Nil is "unknown", and leads to a full handshake.
  /// The caller owns the reference.
  func session(named name: UnsafeRawBufferPointer) -> OpaquePointer? {
    guard let name = SessionName(name) else { return nil }
    guard let kept = setup.book.withLock({ book in book.take(name, now: now) }),
      kept.applicationProtocol == handshake.applicationProtocol, mayResume(kept.peer)
    else { return nil }
    handshake.resumingPeer = kept.peer
    return kept.inOpenSSL(for: ssl, context: sessionContext)
  }

  private func mayResume(_ peer: PeerCertificate) -> Bool {
    setup.isCurrent(peer, now: now) && judge(peer) == nil
  }

  /// Both sides: a session was made that may be resumed later. It comes some time after the
  /// handshake, in which its peer may have been revoked, and what was kept of him purged: he is
  /// judged once more, when the session is where a purge would find it.
  func keep(_ session: OpaquePointer) {
    guard let peer = isResumed ? handshake.resumingPeer ?? handshake.peer : handshake.peer else {
      return
    }
    let now = now
    switch context.side {
    case .server:
      guard let agreed = handshake.applicationProtocol,
        let kept = ResumableSession(
          session, applicationProtocol: agreed, peer: peer, made: now)
      else { return }
      setup.book.withLock { book in book.keep(kept, now: now) }
    case .client:
      guard let target, let copy = OpenSSLSession(copying: session) else { return }
      let kept = SessionShelf.Kept(session: copy, peer: peer, made: now)
      setup.shelf.withLock { shelf in shelf.keep(kept, for: target) }
    }
    if judge(peer) != nil { setup.forgetSessions(of: .publicKey(digest: peer.publicKeyDigest)) }
  }
}
