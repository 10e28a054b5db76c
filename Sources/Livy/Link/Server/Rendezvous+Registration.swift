// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport
internal import Wire
internal import WireCodec
internal import WireMessages

/// What comes in: connections, and what drivers say on them.
extension Rendezvous {
  func accept(_ established: EstablishedConnection) async {
    var table = MethodTable()
    if established.applicationProtocol == ChannelProtocol.enrolment {
      table.serve(
        EnrolmentDesk(admission: admission, notice: notice) { [weak self] in
          await self?.passEnrolment($0, $1)
        })
    } else {
      table.serve(RegistryDesk(rendezvous: self))
    }
    let strict = established.applicationProtocol == ChannelProtocol.enrolment
    let connection = Connection(
      established, side: .accepted, serving: table, limits: strict ? .enrolment : WireLimits())
    roll.enter(connection)
    await connection.start()
    let session = established.peer.flatMap(Self.session(of:))
    if let session, let peer = established.peer { await receive(connection, of: session, peer) }
    seeOff(connection, of: session)
  }

  /// Whose certificate it is.
  private static func session(of peer: PeerCertificate) -> SessionUUID? {
    guard case .session(let session)? = Role(peer) else { return nil }
    return session
  }

  /// A driver's connection, which the session's end cuts, also before it is registered.
  private func receive(
    _ connection: Connection, of session: SessionUUID, _ peer: PeerCertificate
  ) async {
    // The session may have ended since the handshake.
    guard admission.attempt(of: session, peer) != nil else { return await connection.close() }
    guests.add(connection, of: session)
  }

  private func passEnrolment(_ session: SessionUUID, _ key: DriverKey) {
    entries[session]?.enrolled.open(.success(key))
  }

  /// A driver's first call. Who it is stands in its certificate; what it says must agree.
  func register(
    _ request: RegisterRequest, _ call: CallContext
  ) async throws(CallError) -> RegisterResponse {
    do {
      let session = try identify(request.session, request.attempt, call)
      let epoch = try place(session, request, call)
      return RegisterResponse(epoch: epoch)
    } catch {
      notice(.registrationRefused(call.remoteAddress, reason: error.message))
      throw error
    }
  }

  func failed(_ request: FailedRequest, _ call: CallContext) throws(CallError) {
    let session = try identify(request.session, request.attempt, call)
    let reason = String(request.reason.prefix(limits.failureBytesMax))
    notice(.driverFailed(session, reason: reason))
    let error = LivyError(.launchFailed, reason)
    entries[session]?.enrolled.open(.failure(error))
    entries[session]?.connected.open(.failure(error))
  }

  private func identify(
    _ claimed: String, _ attempt: UInt32, _ call: CallContext
  ) throws(CallError) -> SessionUUID {
    guard let peer = call.peer, let session = Self.session(of: peer) else {
      throw CallError(.unauthenticated, "a certificate with the role of a session is needed here")
    }
    guard claimed == session.text else {
      throw CallError(.permissionDenied, "the certificate belongs to another session")
    }
    guard let entry = entries[session], admission.attempt(of: session, peer) == attempt,
      entry.attempt == attempt
    else {
      throw CallError(.notFound, "session \(session) is gone")
    }
    return session
  }

  /// Gives the caller its place. Returns the server's lease on its session.
  private func place(
    _ session: SessionUUID, _ request: RegisterRequest, _ call: CallContext
  ) throws(CallError) -> UInt64 {
    guard let entry = entries[session] else {
      throw CallError(.notFound, "session \(session) is gone")
    }
    if case .live = entry.channel {
      // No final answer: the caller may have noticed a cut that this side has yet to notice.
      throw CallError(.aborted, "session \(session) has a live connection")
    }
    switch entry.direction {
    case .dialIn:
      entries[session]?.channel = .live(call.connection)
      notice(.registered(session, call.remoteAddress, pid: request.pid, .dialIn))
      stand(session, call.connection)
    case .connectBack:
      let address = try address(request, call)
      guard mayDial(address.ip) else {
        let reason = "\(address.ip) lies outside livy.rpc.connect-back.networks"
        // The driver has no other address, so its session need not wait for the deadline.
        entry.connected.open(.failure(LivyError(.configuration, reason)))
        throw CallError(.permissionDenied, reason)
      }
      entries[session]?.address = address
      dial(session)
    }
    return entry.epoch
  }

  /// Only the port is the driver's word; the address is where it was seen.
  private func address(
    _ request: RegisterRequest, _ call: CallContext
  ) throws(CallError) -> SocketAddress {
    guard let port = UInt16(exactly: request.listenPort), port > 0 else {
      throw CallError(.invalidArgument, "this session connects back: tell the port to dial")
    }
    let address = SocketAddress(ip: call.remoteAddress.ip, port: port)
    return address
  }
}

/// Serves `Registry` on one accepted connection.
private struct RegistryDesk: RegistryHandler {
  let rendezvous: Rendezvous

  func register(_ request: RegisterRequest, _ call: CallContext) async throws -> RegisterResponse {
    try await rendezvous.register(request, call)
  }

  func failed(_ request: FailedRequest, _ call: CallContext) async throws -> FailedResponse {
    try await rendezvous.failed(request, call)
    return FailedResponse()
  }
}
