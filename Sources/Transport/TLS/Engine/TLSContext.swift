// SPDX-License-Identifier: Apache-2.0

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
/// Listeners and dialers keep the context; each handshake asks it for its newest `TLSSetup`, so that
/// `reload` counts from the next handshake on and leaves open connections alone.
package final class TLSContext: Sendable {
  /// Judges a peer whose chain and dates are good: nil accepts. Runs within the handshake, on the
  /// loop, so it must not block. Asked anew when a peer comes back by a session: what it says now
  /// counts, not what it said then.
  package typealias Verify =
    @Sendable (
      _ certificate: PeerCertificate, _ applicationProtocol: String
    ) -> PeerRefusal?

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

  /// What is the same for most contexts.
  package struct Options: Sendable {
    package var limits = TransportLimits()
    /// The name that a client asks for (SNI, RFC 6066, 3) and the one that a server answers to. A
    /// server refuses a client that asks for another and takes one that asks for none; with nil, a
    /// client asks for none and a server takes any. It is no proof of anything: certificates carry
    /// roles, not hosts.
    package var serverName: String? = TLSContext.serverName
    /// Seconds since 1970: for the dates of certificates and the ages of sessions.
    package var date: @Sendable () -> Int64 = WallTime.now

    package init() {}
  }

  /// Our servers' name, whatever host they run on. `.internal` belongs to no one on the internet.
  package static let serverName = "livy.internal"

  enum Side {
    case server([ServedProtocol])
    case client(applicationProtocol: String)

    var isServer: Bool {
      switch self {
      case .server: true
      case .client: false
      }
    }
  }

  let side: Side
  let verify: Verify
  let options: Options
  private let current: Locked<TLSSetup>
  private let counted: Locked<HandshakeCounts>

  /// For a listener. A peer that offers none of `protocols` is refused.
  package static func server(
    identity: TLSIdentity, trusting authorityPEM: String, protocols: [ServedProtocol],
    options: Options = Options(), verify: @escaping Verify
  ) throws(TransportError) -> TLSContext {
    let side = Side.server(protocols)
    let setup = try TLSSetup(side, identity, trusting: authorityPEM, limits: options.limits)
    return TLSContext(side, Locked(setup), options, Locked(HandshakeCounts()), verify)
  }

  /// For a dialer. `identity` is nil where we have no certificate yet.
  package static func client(
    identity: TLSIdentity?, trusting authorityPEM: String, applicationProtocol: String,
    options: Options = Options(), verify: @escaping Verify
  ) throws(TransportError) -> TLSContext {
    let side = Side.client(applicationProtocol: applicationProtocol)
    let setup = try TLSSetup(side, identity, trusting: authorityPEM, limits: options.limits)
    return TLSContext(side, Locked(setup), options, Locked(HandshakeCounts()), verify)
  }

  private init(
    _ side: Side, _ current: Locked<TLSSetup>, _ options: Options,
    _ counted: Locked<HandshakeCounts>, _ verify: @escaping Verify
  ) {
    self.side = side
    self.current = current
    self.options = options
    self.counted = counted
    self.verify = verify
  }

  /// The same certificate, authority and sessions, with another judge of peers. Costs next to
  /// nothing, and a reload of either counts for both.
  package func judging(by verify: @escaping Verify) -> TLSContext {
    TLSContext(side, current, options, counted, verify)
  }

  /// Replaces the certificate that we show and the authority that we trust, from the next handshake
  /// on. Sessions that were made before are forgotten. On an error what was there stays in force.
  ///
  /// - Throws: `badCertificate`, `badKey`, each with what is wrong.
  package func reload(
    identity: TLSIdentity?, trusting authorityPEM: String
  ) throws(TransportError) {
    let fresh: TLSSetup
    do {
      fresh = try TLSSetup(side, identity, trusting: authorityPEM, limits: options.limits)
      if let identity { try fresh.checkOwn(identity, now: options.date()) }
    } catch {
      throw TransportError(
        error.code, "the new certificate is not taken and the former stays: \(error.message)",
        reason: error.reason)
    }
    current.withLock { $0 = fresh }
  }

  /// Forgets the sessions of these peers, so that none of them comes back without showing its
  /// certificate. Whether they may come in at all is for `verify` to say, in every handshake.
  package func forgetSessions(of peers: PeerSelector) { setup.forgetSessions(of: peers) }

  /// Sessions that a server keeps, or targets for which a client keeps one.
  package var sessionCount: Int {
    let setup = setup
    switch side {
    case .server: return setup.book.withLock { $0.count }
    case .client: return setup.shelf.withLock { $0.count }
    }
  }

  /// Of all connections of this context, and of those that share its setup.
  package var handshakes: HandshakeCounts { counted.withLock { $0 } }

  func count(_ outcome: WritableKeyPath<HandshakeCounts, Int>) {
    counted.withLock { $0[keyPath: outcome] += 1 }
  }

  /// For the next handshake.
  var setup: TLSSetup { current.withLock { $0 } }
}

/// How many handshakes ended in which way. Those that were cut or took too long are not among them:
/// TLS had no say in it.
package struct HandshakeCounts: Equatable, Sendable {
  package var full = 0
  package var resumed = 0
  package var failed = 0
}
