// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// What a handshake finds out, step by step.
struct TLSHandshake {
  var applicationProtocol: String?
  var peer: PeerCertificate?
  /// The peer that the session under discussion belongs to. It is `peer` once the session was
  /// really resumed.
  var resumingPeer: PeerCertificate?
  /// Why we refused, in words; OpenSSL's own queue says only that we did.
  var objection: TLSObjection?
}

extension TLSEngine {
  /// Whether the handshake was short: a session was resumed and no certificate shown.
  var isResumed: Bool { SSL_session_reused(ssl) == 1 }

  /// Seconds since 1970.
  var now: Int64 { context.options.date() }

  // MARK: Begin and end

  func askForServer() {
    guard let name = context.options.serverName else { return }
    // Fails only for a name that is empty or too long; then the server hears none.
    _ = cuv_tls_ask_for_name(ssl, name)
  }

  /// The handshake is over: an agreed protocol is a must on both sides, and a peer who came back
  /// by a session must still be welcome now.
  func concludeHandshake() throws(TransportError) {
    var chosen: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &chosen, &count)
    guard let chosen, count > 0 else { throw TLSObjection.protocols.error(nil) }
    let agreed = String(
      decoding: UnsafeBufferPointer(start: chosen, count: Int(count)), as: UTF8.self)
    if case .client(let offered) = context.side, offered != agreed {
      throw TLSObjection.protocols.error("it chose \(agreed), which was not offered")
    }
    handshake.applicationProtocol = agreed
    if isResumed {
      guard let peer = handshake.resumingPeer else {
        throw TransportError(.untrusted, "a session was resumed that belongs to nobody")
      }
      if let refusal = judge(peer) { throw TLSObjection.peer(refusal).error(nil) }
      handshake.peer = peer
    }
    handshake.resumingPeer = nil
    context.count(isResumed ? \.resumed : \.full)
  }

  // MARK: What the callbacks ask

  /// Server: the client's first flight, by its extensions; nil where it lacks one. Returns nil
  /// to go on, else the alert to refuse with.
  func hear(
    serverName: UnsafeBufferPointer<UInt8>?, protocols: UnsafeBufferPointer<UInt8>?
  ) -> Int32? {
    if let ours = context.options.serverName, let serverName {
      let asked = ClientHello.serverName(in: serverName)
      if asked != ours {
        object(.serverName(asked ?? "a name that is none"))
        return SSL_AD_UNRECOGNIZED_NAME
      }
    }
    guard let list = protocols, let row = ClientHello.protocolRow(of: list),
      choose(among: row) != nil
    else {
      object(.protocols)
      return SSL_AD_NO_APPLICATION_PROTOCOL
    }
    return nil
  }

  /// The range, within the offer, of the first protocol of ours that the client offers too. The
  /// offer is a row of length-prefixed names (RFC 7301, 3.1).
  func choose(among offer: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    guard case .server(let served) = context.side,
      let ranges = ClientHello.protocols(in: offer)
    else { return nil }
    for candidate in served {
      let name = Array(candidate.name.utf8)
      guard let range = ranges.first(where: { offer[$0].elementsEqual(name) }) else { continue }
      take(candidate)
      return range
    }
    return nil
  }

  private func take(_ served: TLSContext.ServedProtocol) {
    switch served.clientCertificate {
    case .required:
      SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
      SSL_set_num_tickets(ssl, 1)
    case .none:
      // Nobody has proven anything: there is nothing to come back to.
      SSL_set_verify(ssl, SSL_VERIFY_NONE, nil)
      SSL_set_num_tickets(ssl, 0)
    }
    handshake.applicationProtocol = served.name
    // OpenSSL takes a session of another context for none at all.
    let context = sessionContext
    SSL_set_session_id_context(ssl, context, UInt32(context.count))
  }

  /// Both sides: whether the holder of this certificate, whose chain is good, may come in. Returns
  /// a code of X509_V.
  func accept(_ leaf: OpaquePointer) -> Int32 {
    do {
      let certificate = try PeerCertificate(reading: leaf)
      if let refusal = judge(certificate) {
        object(.peer(refusal))
        // The peer hears the alert `certificate revoked` or `bad certificate`.
        return refusal.kind == .revoked ? X509_V_ERR_CERT_REVOKED : X509_V_ERR_CERT_REJECTED
      }
      handshake.peer = certificate
      return X509_V_OK
    } catch {
      object(.peer(PeerRefusal(.unfit, error.description)))
      return X509_V_ERR_CERT_REJECTED
    }
  }

  func judge(_ peer: PeerCertificate) -> PeerRefusal? {
    switch context.side {
    case .server: context.verify(peer, handshake.applicationProtocol ?? "")
    case .client(let offered): context.verify(peer, offered)
    }
  }

  /// The first objection counts.
  func object(_ objection: TLSObjection) {
    if handshake.objection == nil { handshake.objection = objection }
  }
}
