// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyLink
internal import Transport

/// Keeps the driver reachable for its server, in the direction that the launch file names.
struct ServerChannel: Sendable {
  private let ticket: LaunchTicket
  private let dialer: ServerDialer
  private let identity: TLSIdentity
  private let driver: any SessionDriver
  private let loop: EventLoop
  private let pid: UInt32
  private let report: @Sendable (String) -> Void

  init(
    _ ticket: LaunchTicket, _ dialer: ServerDialer, _ identity: TLSIdentity,
    _ driver: any SessionDriver, _ loop: EventLoop, pid: UInt32,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.ticket = ticket
    self.dialer = dialer
    self.identity = identity
    self.driver = driver
    self.loop = loop
    self.pid = pid
    self.report = report
  }

  /// Returns when the server refuses the driver, or is gone for too long, or the task is cancelled.
  func run() async -> DriverProcess.End {
    switch ticket.settings.channel {
    case .dialIn: await dialIn()
    case .connectBack: await connectBack()
    }
  }

  private var gone: DriverProcess.End { .serverGone(ticket.settings.serverLost) }

  private func dialIn() async -> DriverProcess.End {
    var watch = ServerWatch(patience: ticket.settings.serverLost, now: loop.now)
    var reconnection = Reconnection(LinkLimits().reconnect)
    while !Task.isCancelled {
      do {
        let connection = try await dialer.register(
          as: identity, listenPort: nil, serving: driver, pid: pid)
        watch.connected()
        let since = loop.now
        report("connected to the server")
        report("lost the server: \(await connection.ended())")
        watch.lost(now: loop.now)
        reconnection.stood(for: since.duration(to: loop.now))
      } catch {
        switch error {
        case .refused(let reason): return .refused(reason)
        case .unreachable(let reason): report("the server cannot be reached: \(reason)")
        }
      }
      if case .end = watch.verdict(now: loop.now) { return gone }
      guard await reconnection.rest() else { break }
    }
    return .sessionEnded
  }

  private func connectBack() async -> DriverProcess.End {
    let entrance = ServerEntrance(serving: driver)
    let port: UInt16
    do {
      port = try await entrance.open(
        host: ticket.settings.listenHost ?? "0.0.0.0", ports: ticket.settings.listenPorts ?? 0...0,
        as: identity, trusting: ticket.authority, on: loop)
    } catch {
      return .failed("the driver cannot open a port for its server: \(error)")
    }
    report("waiting for the server on port \(port)")
    let end: DriverProcess.End
    switch await announce(port) {
    case .told: end = await receive(entrance, port)
    case .end(let reason): end = reason
    }
    await entrance.close()
    return end
  }

  private enum Announcement {
    case told
    case end(DriverProcess.End)
  }

  /// Tells the server the port, over a connection of its own.
  private func announce(_ port: UInt16) async -> Announcement {
    let watch = ServerWatch(patience: ticket.settings.serverLost, now: loop.now)
    var reconnection = Reconnection(LinkLimits().reconnect)
    while true {
      do {
        try await tell(port)
        return .told
      } catch {
        switch error {
        case .refused(let reason): return .end(.refused(reason))
        case .unreachable(let reason): report("the server cannot be reached: \(reason)")
        }
      }
      if case .end = watch.verdict(now: loop.now) { return .end(gone) }
      guard await reconnection.rest() else { return .end(.sessionEnded) }
    }
  }

  private func tell(_ port: UInt16) async throws(ServerDialer.Failure) {
    let connection = try await dialer.register(
      as: identity, listenPort: port, serving: driver, pid: pid)
    await connection.close()
  }

  /// Serves one connection of the server after the other, and gives up when none comes for too
  /// long. A server that does not come is told the port again: perhaps it was killed before it
  /// noted it, or has given this session up and says so.
  private func receive(_ entrance: ServerEntrance, _ port: UInt16) async -> DriverProcess.End {
    var watch = ServerWatch(patience: ticket.settings.serverLost, now: loop.now)
    let interval = min(LinkLimits().announceInterval, ticket.settings.serverLost)
    while !Task.isCancelled {
      if let connection = await next(entrance, within: interval) {
        watch.connected()
        report("the server connected from \(connection)")
        report("lost the server: \(await connection.ended())")
        watch.lost(now: loop.now)
        continue
      }
      if Task.isCancelled { break }
      if case .end = watch.verdict(now: loop.now) { return gone }
      do {
        try await tell(port)
      } catch {
        switch error {
        case .refused(let reason): return .refused(reason)
        case .unreachable(let reason): report("the server cannot be reached: \(reason)")
        }
      }
    }
    return .sessionEnded
  }

  private func next(
    _ entrance: ServerEntrance, within limit: Duration
  ) async -> ServerConnection? {
    await withTaskGroup(of: ServerConnection?.self) { group in
      group.addTask { await entrance.next() }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      // A connection that came in the last moment is not left alone.
      let second = await group.next() ?? nil
      return first ?? second
    }
  }
}
