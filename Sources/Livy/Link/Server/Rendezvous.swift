// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport
internal import Wire
internal import WireMessages

/// The server's RPC port: where launched drivers enrol, register and, for the session's life, stay
/// connected.
///
/// Each expected driver has one `Entry`: two gates that its session waits at, and the connection
/// once it stands.
package actor Rendezvous: DriverRendezvous {
  private struct Entry {
    var attempt: UInt32
    var settings: DriverSettings
    let enrolled = Gate<DriverKey>()
    let connected = Gate<DriverConnection>()
    var channel: Channel = .none
  }

  /// One live connection per session; a second one is refused.
  private enum Channel {
    case none
    /// Registered, connect-back only: we are dialling.
    case dialling
    case live(Connection)
  }

  private let loop: EventLoop
  private let settings: RendezvousSettings
  private let limits: LinkLimits
  private let admission: Admission
  private let identity: ServerIdentity
  private let notice: @Sendable (LinkNotice) -> Void
  private var entries: [SessionUUID: Entry] = [:]
  private var listener: Listener?
  private var port: UInt16 = 0

  /// - Parameter date: seconds since 1970, for the certificates that are made.
  package init(
    on loop: EventLoop, identity: ServerIdentity, settings: RendezvousSettings,
    limits: LinkLimits = LinkLimits(), date: @escaping @Sendable () -> Int64,
    notice: @escaping @Sendable (LinkNotice) -> Void
  ) {
    self.loop = loop
    self.identity = identity
    self.settings = settings
    self.limits = limits
    self.notice = notice
    admission = Admission(
      authority: identity.authority, limits: limits, now: { loop.now }, date: date)
  }

  /// Opens the port. Throws `.configuration` when it is taken or the certificate cannot be used.
  package func listen() async throws(LivyError) -> SocketAddress {
    do {
      let listener = try await Listener.listen(
        on: loop, at: SocketAddress(ip: settings.listenIP, port: settings.listenPorts.lowerBound),
        ports: settings.listenPorts, tls: try identity.listening(admission),
        accept: { [weak self] established in
          Task { await self?.accept(established) }
        },
        refused: { [notice] address, error in notice(.connectionRefused(address, error)) })
      self.listener = listener
      port = listener.localAddress.port
      return listener.localAddress
    } catch {
      throw LivyError(
        .configuration,
        "the RPC port \(settings.listenIP):\(settings.listenPorts) cannot be opened", cause: error)
    }
  }

  /// Closes the port and every connection.
  package func close() async {
    await listener?.close()
    for session in Array(entries.keys) { await forget(session) }
  }

  // MARK: What sessions ask

  package func expect(_ expectation: DriverExpectation) async throws(LivyError) -> [UInt8] {
    let token: [UInt8]
    do {
      token = try admission.expect(
        expectation.uuid, attempt: expectation.attempt, lifetime: expectation.tokenLifetime)
    } catch {
      throw LivyError(.launchFailed, "no token could be made", cause: error)
    }
    entries[expectation.uuid] = Entry(
      attempt: expectation.attempt, settings: expectation.settings)
    return LaunchTicket(
      token: token, session: expectation.uuid, attempt: expectation.attempt,
      serverHosts: settings.announcedHosts, serverPort: port, authority: identity.authority.pem,
      kind: expectation.kind, settings: expectation.settings
    ).encoded()
  }

  package func readmit(_ readmission: DriverReadmission) async throws(LivyError) {
    throw Self.forgotten
  }

  package func enrolled(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverKey {
    guard let gate = entries[uuid]?.enrolled else { throw Self.forgotten }
    return try await gate.value(
      within: limit, else: "the driver did not ask for its certificate within \(limit)")
  }

  package func connected(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverConnection {
    guard let gate = entries[uuid]?.connected else { throw Self.forgotten }
    return try await gate.value(within: limit, else: "the driver did not call within \(limit)")
  }

  package func forget(_ uuid: SessionUUID) async {
    admission.forget(uuid)
    guard let entry = entries.removeValue(forKey: uuid) else { return }
    entry.enrolled.open(.failure(Self.forgotten))
    entry.connected.open(.failure(Self.forgotten))
    if case .live(let connection) = entry.channel { await connection.close() }
  }

  private static var forgotten: LivyError {
    LivyError(.cancelled, "the session has ended")
  }

  // MARK: What comes in

  private func accept(_ established: EstablishedConnection) async {
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
    await connection.start()
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
      switch try place(session, request, call) {
      case .live: break
      case .dial(let address): dial(session, address, pid: request.pid)
      }
      return RegisterResponse(epoch: 1)
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
    guard let peer = call.peer, case .session(let session)? = Role(peer) else {
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

  private enum Placement {
    case live
    case dial(SocketAddress)
  }

  private func place(
    _ session: SessionUUID, _ request: RegisterRequest, _ call: CallContext
  ) throws(CallError) -> Placement {
    guard var entry = entries[session] else {
      throw CallError(.notFound, "session \(session) is gone")
    }
    guard case .none = entry.channel else {
      throw CallError(.alreadyExists, "session \(session) has a live connection")
    }
    switch entry.settings.channel {
    case .dialIn:
      entry.channel = .live(call.connection)
      entries[session] = entry
      stand(session, call.connection)
      notice(.registered(session, call.remoteAddress, pid: request.pid, .dialIn))
      return .live
    case .connectBack:
      guard let port = UInt16(exactly: request.listenPort), port > 0 else {
        throw CallError(.invalidArgument, "this session connects back: tell the port to dial")
      }
      // Only the port is the driver's word; the address is where it was seen.
      let address = SocketAddress(ip: call.remoteAddress.ip, port: port)
      guard settings.connectBackNetworks.contains(where: { $0.contains(address.ip) }) else {
        let reason = "\(address.ip) lies outside livy.rpc.connect-back.networks"
        // The driver has no other address, so its session need not wait for the deadline.
        entry.connected.open(.failure(LivyError(.configuration, reason)))
        throw CallError(.permissionDenied, reason)
      }
      entry.channel = .dialling
      entries[session] = entry
      return .dial(address)
    }
  }

  // MARK: Connect-back

  private func dial(_ session: SessionUUID, _ address: SocketAddress, pid: UInt32) {
    Task {
      do {
        let established = try await TLSDialer.dial(
          address, on: loop, context: try identity.dialling(admission, session),
          timeout: settings.dialTimeout)
        let connection = Connection(
          established, side: .dialed, serving: MethodTable(), limits: WireLimits())
        guard case .dialling? = entries[session]?.channel else {
          return await connection.close()
        }
        entries[session]?.channel = .live(connection)
        await connection.start()
        notice(.registered(session, address, pid: pid, .connectBack))
        stand(session, connection)
      } catch {
        entries[session]?.channel = .none
        // The driver has told its port and waits: nobody will try again.
        let reason = "connecting back to the driver at \(address) failed: \(error)"
        entries[session]?.connected.open(.failure(LivyError(.launchFailed, reason)))
        notice(.channelLost(session, reason: reason))
      }
    }
  }

  /// The channel stands: lets the session through, and hears of the end.
  private func stand(_ session: SessionUUID, _ connection: Connection) {
    let driver = RemoteDriver(connection: connection, limits: limits)
    entries[session]?.connected.open(.success(DriverConnection(driver: driver, address: nil)))
    Task {
      let reason = await connection.closed()
      lost(session, connection, reason: "\(reason)")
    }
  }

  private func lost(_ session: SessionUUID, _ connection: Connection, reason: String) {
    guard case .live(let current)? = entries[session]?.channel, current === connection else {
      return
    }
    entries[session]?.channel = .none
    notice(.channelLost(session, reason: reason))
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
