// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport
internal import Wire

/// The channel of each session: how it comes to stand, and what happens when it is lost.
extension Rendezvous {
  func mayDial(_ ip: String) -> Bool {
    settings.connectBackNetworks.contains { $0.contains(ip) }
  }

  // MARK: Connect-back

  /// Dials the driver where it listens. Under way already: the next attempt takes the address that
  /// is known by then.
  func dial(_ session: SessionUUID, after rest: Duration = .zero) {
    guard case .none? = entries[session]?.channel else { return }
    entries[session]?.channel = .dialling(
      Task {
        guard (try? await Task.sleep(for: rest)) != nil else { return }
        await reach(session)
      })
  }

  /// A driver that never was here gets one attempt: it has told its port and listens. One that was
  /// is dialled until it is there, or forgotten.
  private func reach(_ session: SessionUUID) async {
    var reconnection = Reconnection(limits.reconnect)
    var isFirst = true
    while !Task.isCancelled, let entry = entries[session], let address = entry.address {
      let reason: String
      do {
        try await dial(session, at: address)
        return
      } catch {
        reason = "\(error)"
      }
      guard !Task.isCancelled else { return }
      guard entry.isReturning else { return giveUp(session, address, reason) }
      if isFirst { notice(.redialling(session, address, reason: reason)) }
      isFirst = false
      guard await reconnection.rest() else { return }
    }
  }

  private func dial(
    _ session: SessionUUID, at address: SocketAddress
  ) async throws(TransportError) {
    let established = try await TLSDialer.dial(
      address, on: group.next(), context: try contextForDialling(session),
      timeout: settings.dialTimeout)
    let connection = Connection(
      established, side: .dialed, serving: MethodTable(), limits: WireLimits())
    // Forgotten meanwhile.
    guard !Task.isCancelled, entries[session] != nil else { return await connection.close() }
    entries[session]?.channel = .live(connection)
    roll.enter(connection)
    seeOff(connection)
    await connection.start()
    notice(.registered(session, address, pid: nil, .connectBack))
    stand(session, connection)
  }

  private func giveUp(_ session: SessionUUID, _ address: SocketAddress, _ reason: String) {
    entries[session]?.channel = .none
    let reason = "connecting back to the driver at \(address) failed: \(reason)"
    entries[session]?.connected.open(.failure(LivyError(.launchFailed, reason)))
    notice(.channelLost(session, reason: reason))
  }

  // MARK: Standing and lost

  /// The channel stands: lets the session through, and hears of the end.
  func stand(_ session: SessionUUID, _ connection: Connection) {
    guard let entry = entries[session] else { return }
    entries[session]?.isReturning = true
    entries[session]?.standingSince = now
    let address = entry.address.map { DriverAddress(ip: $0.ip, port: $0.port) }
    let driver = RemoteDriver(connection: connection, limits: limits)
    entry.connected.open(.success(DriverConnection(driver: driver, address: address)))
    Task {
      let reason = await connection.closed()
      lost(session, connection, reason: "\(reason)")
    }
  }

  /// The driver may come back: who asks for it from now on waits for that.
  func lost(_ session: SessionUUID, _ connection: Connection, reason: String) {
    guard case .live(let current)? = entries[session]?.channel, current === connection else {
      return
    }
    entries[session]?.channel = .none
    entries[session]?.connected = Gate()
    notice(.channelLost(session, reason: reason))
    if entries[session]?.address != nil { dial(session, after: restAfterLoss(of: session)) }
  }

  /// A driver that lets us in and cuts us off again and again is dialled less and less often.
  private func restAfterLoss(of session: SessionUUID) -> Duration {
    guard var entry = entries[session] else { return .zero }
    entry.reconnection.stood(for: entry.standingSince.duration(to: now))
    defer { entries[session] = entry }
    return entry.reconnection.next()
  }
}
