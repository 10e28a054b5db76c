// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport
internal import Wire
internal import WireCodec

/// The server's RPC port: where launched drivers enrol, register and, for the session's life, stay
/// connected.
///
/// Each expected driver has one `Entry`: two gates that its session waits at, and the connection
/// once it stands. When the connection is lost, a new gate waits for the driver's return.
package actor Rendezvous: DriverRendezvous {
  struct Entry {
    let attempt: UInt32
    let epoch: UInt64
    let direction: ChannelDirection
    let enrolled = Gate<DriverKey>()
    var connected = Gate<DriverConnection>()
    var channel: Channel = .none
    /// Connect-back: where the driver listens.
    var address: SocketAddress?
    /// Its channel stood before: it will come back, so nothing is given up.
    var isReturning = false
    var standingSince: LoopInstant
    var reconnection: Reconnection
  }

  /// One live connection per session; a second one is refused.
  enum Channel {
    case none
    /// Connect-back: we are dialling.
    case dialling(Task<Void, Never>)
    case live(Connection)
  }

  /// Connections are spread over these.
  let group: EventLoopGroup
  let settings: RendezvousSettings
  let limits: LinkLimits
  let admission: Admission
  let identity: ServerIdentity
  let notice: @Sendable (LinkNotice) -> Void
  var entries: [SessionUUID: Entry] = [:]
  /// Connections of drivers that came in, until they end: a session's end cuts them, registered or
  /// not.
  var guests = GuestList()
  /// For `metrics`.
  var roll = ConnectionRoll()
  private var listener: Listener?
  private var port: UInt16 = 0
  /// Both made when first used, and kept: their TLS sessions make returns cheap.
  private(set) var listening: TLSContext?
  private(set) var dialling: TLSContext?

  /// - Parameter date: seconds since 1970, for the certificates that are made.
  package init(
    on group: EventLoopGroup, identity: ServerIdentity, settings: RendezvousSettings,
    limits: LinkLimits = LinkLimits(), date: @escaping @Sendable () -> Int64,
    notice: @escaping @Sendable (LinkNotice) -> Void
  ) {
    self.group = group
    self.identity = identity
    self.settings = settings
    self.limits = limits
    self.notice = notice
    let clock = group.loops[0]
    admission = Admission(
      authority: identity.authority, limits: limits, now: { clock.now }, date: date)
  }

  /// Of the loops' one clock.
  var now: LoopInstant { group.loops[0].now }

  /// Opens the port. Throws `.configuration` when it is taken or the certificate cannot be used.
  package func listen() async throws(LivyError) -> SocketAddress {
    let context: TLSContext
    do {
      context = try identity.listening(admission)
    } catch {
      throw LivyError(.configuration, "the server's certificate cannot be used", cause: error)
    }
    listening = context
    if let former = settings.formerPort {
      do {
        return try await listen(former...former, context)
      } catch {
        notice(.formerPortTaken(former, error))
      }
    }
    do {
      return try await listen(settings.listenPorts, context)
    } catch {
      throw LivyError(
        .configuration,
        "the RPC port \(settings.listenIP):\(settings.listenPorts) cannot be opened", cause: error)
    }
  }

  private func listen(
    _ ports: ClosedRange<UInt16>, _ context: TLSContext
  ) async throws(TransportError) -> SocketAddress {
    let listener = try await Listener.listen(
      on: group, at: SocketAddress(ip: settings.listenIP, port: ports.lowerBound), ports: ports,
      tls: context,
      accept: { [weak self] established in
        Task { await self?.accept(established) }
      },
      refused: { [notice] address, error in notice(.connectionRefused(address, error)) })
    self.listener = listener
    port = listener.localAddress.port
    return listener.localAddress
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
    entries[expectation.uuid] = entry(
      attempt: expectation.attempt, epoch: expectation.epoch,
      direction: expectation.settings.channel)
    return LaunchTicket(
      token: token, session: expectation.uuid, attempt: expectation.attempt,
      serverHosts: settings.announcedHosts, serverPort: port, authority: identity.authority.pem,
      kind: expectation.kind, settings: expectation.settings
    ).encoded()
  }

  private func entry(
    attempt: UInt32, epoch: UInt64, direction: ChannelDirection
  ) -> Entry {
    Entry(
      attempt: attempt, epoch: epoch, direction: direction, standingSince: now,
      reconnection: Reconnection(limits.reconnect))
  }

  package func readmit(_ readmission: DriverReadmission) async throws(LivyError) {
    admission.readmit(
      readmission.uuid, attempt: readmission.attempt, key: readmission.key)
    var entry = entry(
      attempt: readmission.attempt, epoch: readmission.epoch, direction: readmission.channel)
    entry.isReturning = true
    entry.enrolled.open(.success(readmission.key))
    // Networks may have been taken from the list since: then the driver hears of it when it
    // registers again.
    if readmission.channel == .connectBack, let address = readmission.address,
      mayDial(address.ip)
    {
      entry.address = SocketAddress(ip: address.ip, port: address.port)
    }
    entries[readmission.uuid] = entry
    if entry.address != nil { dial(readmission.uuid) }
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
    // A call on the connection may fail before its end is heard of here.
    if case .live(let connection)? = entries[uuid]?.channel, await connection.isEnding {
      lost(uuid, connection, reason: "the connection is ending")
    }
    guard let gate = entries[uuid]?.connected else { throw Self.forgotten }
    return try await gate.value(within: limit, else: "the driver did not call within \(limit)")
  }

  package func forget(_ uuid: SessionUUID) async {
    revoke(uuid)
    let entry = entries.removeValue(forKey: uuid)
    let leaving = guests.removeAll(of: uuid)
    if let entry { await end(entry) }
    for guest in leaving { await guest.close() }
  }

  private func end(_ entry: Entry) async {
    entry.enrolled.open(.failure(Self.forgotten))
    entry.connected.open(.failure(Self.forgotten))
    switch entry.channel {
    case .none: break
    case .dialling(let task): task.cancel()
    case .live(let connection): await connection.close()
    }
  }

  /// No handshake of the session's driver ends well from here on, be it full or short.
  private func revoke(_ uuid: SessionUUID) {
    admission.forget(uuid)
    let driver = PeerSelector.uri(Role.session(uuid).uri)
    listening?.forgetSessions(of: driver)
    dialling?.forgetSessions(of: driver)
  }

  /// For connect-back: only this session's driver may answer.
  func contextForDialling(_ session: SessionUUID) throws(TransportError) -> TLSContext {
    let context: TLSContext
    if let dialling { context = dialling } else { context = try identity.dialling(admission) }
    dialling = context
    return context.judging { [admission] certificate, _ in
      guard Role(certificate) == .session(session) else {
        return "the certificate belongs to another session"
      }
      return admission.judge(certificate, acting: .server)
    }
  }

  static var forgotten: LivyError {
    LivyError(.cancelled, "the session has ended")
  }
}
