// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport
internal import Wire
internal import WireCodec
internal import WireMessages

/// The driver's way to its server: enrols, then makes connections of the channel.
package struct ServerDialer: Sendable {
  /// What went wrong, and whether it is worth another try.
  package enum Failure: Error, CustomStringConvertible {
    /// Nobody there, or cut on the way: try again.
    case unreachable(String)
    /// The server knows us and says no: the session has ended, or the token is used up. Final.
    case refused(String)

    package var description: String {
      switch self {
      case .unreachable(let reason), .refused(let reason): reason
      }
    }
  }

  private let ticket: LaunchTicket
  private let addresses: [SocketAddress]
  private let loop: EventLoop
  private let limits: LinkLimits
  private let contexts = DialContexts()

  /// - Parameter addresses: the server's hosts after resolution, in order.
  package init(
    _ ticket: LaunchTicket, at addresses: [SocketAddress], on loop: EventLoop,
    limits: LinkLimits = LinkLimits()
  ) {
    self.ticket = ticket
    self.addresses = addresses
    self.loop = loop
    self.limits = limits
  }

  /// Trades the token for a certificate of `key`. May be called again with the same key, which gets
  /// the same one.
  package func enroll(_ key: PrivateKey) async throws(Failure) -> TLSIdentity {
    let request: EnrollRequest
    do {
      request = EnrollRequest(
        token: ticket.token, certificateRequest: try CertificateRequest.der(for: key))
    } catch {
      throw .refused("no certificate request can be made: \(error)")
    }
    let established = try await reach(ChannelProtocol.enrolment, as: nil)
    let connection = Connection(
      established, side: .dialed, serving: MethodTable(), limits: .enrolment)
    await connection.start()
    do {
      let answer = try await EnrolmentClient(connection)
        .enroll(request, timeout: limits.enrolmentTimeout)
      await connection.close()
      return TLSIdentity(certificatePEM: answer.certificate, key: key)
    } catch {
      throw await failure(error, on: connection, "the server does not give a certificate")
    }
  }

  /// A new connection to the server, registered. With `listenPort` the server dials back to it and
  /// this connection may end.
  package func register(
    as identity: TLSIdentity, listenPort: UInt16?, serving driver: any SessionDriver, pid: UInt32
  ) async throws(Failure) -> ServerConnection {
    let established = try await reach(ChannelProtocol.channel, as: identity)
    var table = MethodTable()
    // Whoever dialled: the server calls the driver on the connection that both then keep.
    if listenPort == nil { table.serve(DriverService(driver: driver)) }
    let connection = Connection(established, side: .dialed, serving: table, limits: WireLimits())
    await connection.start()
    do {
      let request = RegisterRequest(
        session: ticket.session.text, attempt: ticket.attempt,
        listenPort: UInt32(listenPort ?? 0), pid: pid)
      _ = try await RegistryClient(connection)
        .register(request, timeout: limits.answerTimeout)
      return ServerConnection(connection: connection)
    } catch {
      throw await failure(error, on: connection, "the server does not register this driver")
    }
  }

  /// Tells the server why this driver cannot start, as well as it can be told.
  package func reportFailure(
    as identity: TLSIdentity, reason: String, trace: String
  ) async throws(Failure) {
    let established = try await reach(ChannelProtocol.channel, as: identity)
    let connection = Connection(
      established, side: .dialed, serving: MethodTable(), limits: WireLimits())
    await connection.start()
    do {
      let request = FailedRequest(
        session: ticket.session.text, attempt: ticket.attempt, reason: reason,
        trace: String(trace.prefix(limits.failureBytesMax)))
      _ = try await RegistryClient(connection)
        .failed(request, timeout: limits.answerTimeout)
      await connection.close()
    } catch {
      throw await failure(error, on: connection, "the server does not take the report")
    }
  }

  /// Tries the addresses in order.
  private func reach(
    _ applicationProtocol: String, as identity: TLSIdentity?
  ) async throws(Failure) -> EstablishedConnection {
    let context: TLSContext
    do {
      context = try contexts.context(
        for: applicationProtocol, as: identity, trusting: ticket.authority)
    } catch {
      throw .refused("TLS cannot be set up: \(error)")
    }
    var reasons: [String] = []
    for address in addresses {
      do {
        return try await TLSDialer.dial(address, on: loop, context: context)
      } catch {
        // Who answers at this address but is not our server, or does not want us, will not change
        // his mind.
        if error.code == .untrusted || error.code == .peerRejected {
          throw .refused(error.description)
        }
        reasons.append(error.description)
      }
    }
    throw .unreachable(reasons.joined(separator: "; "))
  }

  /// A driver obeys the role `server` alone.
  package static let verifyServer: TLSContext.Verify = { certificate, _ in
    guard case .server? = Role(certificate) else {
      return "the certificate does not carry the role of a server"
    }
    return nil
  }

  /// Sorts a call that failed, and ends its connection.
  private func failure(
    _ error: CallError, on connection: Connection, _ what: String
  ) async -> Failure {
    await connection.close()
    // TLS 1.3 tells a client of a refused certificate only after the handshake (RFC 8446, 4.4.2.4).
    if let cut = await connection.closed().transportError, cut.code == .peerRejected {
      return .refused("\(what): \(cut)")
    }
    return Self.sort(error, what)
  }

  private static func sort(_ error: CallError, _ what: String) -> Failure {
    switch error.code {
    case .permissionDenied, .unauthenticated, .notFound, .invalidArgument, .alreadyExists,
      .failedPrecondition, .unimplemented:
      .refused("\(what): \(error)")
    case .unavailable, .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted,
      .outOfRange, .internal, .dataLoss:
      .unreachable("\(what): \(error)")
    }
  }
}
