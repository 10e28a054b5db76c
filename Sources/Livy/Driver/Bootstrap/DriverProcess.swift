// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
package import LivyLink
package import LivyPy4J
package import Transport

/// The life of one driver process, from the launch file to its end.
///
///     dial the JVM ──> enrol ──> channel ∥ session ──> end
///
/// It ends when the session ends, when the JVM is gone, when the server says no, or when no server
/// is there for longer than the launch file allows.
package struct DriverProcess: Sendable {
  /// Why the process ends. All but the first are failures.
  package enum End: Equatable, Sendable, CustomStringConvertible {
    case sessionEnded
    case virtualMachineGone
    case serverGone(Duration)
    case refused(String)
    case failed(String)

    package var description: String {
      switch self {
      case .sessionEnded: "the session has ended"
      case .virtualMachineGone: "the JVM is gone"
      case .serverGone(let patience): "no server could be reached for \(patience)"
      case .refused(let reason): "the server refused this driver: \(reason)"
      case .failed(let reason): reason
      }
    }
  }

  private let ticket: LaunchTicket
  private let gateway: Gateway
  private let loop: EventLoop
  private let plan: SessionPlan
  private let pid: UInt32
  private let report: @Sendable (String) -> Void

  /// - Parameter report: takes one line for the driver's log; never a secret.
  package init(
    _ ticket: LaunchTicket, _ plan: SessionPlan, gateway: Gateway, on loop: EventLoop,
    pid: UInt32, report: @escaping @Sendable (String) -> Void
  ) {
    self.ticket = ticket
    self.gateway = gateway
    self.loop = loop
    self.plan = plan
    self.pid = pid
    self.report = report
  }

  /// Its tasks prefer the loop: whatever they do is an actor's there, and without that preference they
  /// would leave the loop for another thread, and come back, whenever they are resumed.
  package func run() async -> End {
    await withTaskExecutorPreference(loop.taskExecutor) { await begin() }
  }

  private func begin() async -> End {
    let keeper: GatewayConnection
    let addresses: [SocketAddress]
    do {
      keeper = try await gateway.open()
      addresses = try await resolve(through: keeper)
    } catch {
      return .failed("the JVM's gateway cannot be used: \(error)")
    }
    let dialer = ServerDialer(ticket, at: addresses, on: loop)
    let end = await withTaskGroup(of: End.self) { group in
      group.addTask {
        await keeper.waitForEnd()
        return .virtualMachineGone
      }
      group.addTask { await live(dialer) }
      let end = await group.next() ?? .failed("nothing ran")
      group.cancelAll()
      return end
    }
    await keeper.close()
    return end
  }

  /// A static glibc cannot resolve names, so the JVM does.
  private func resolve(
    through connection: GatewayConnection
  ) async throws(Py4JError) -> [SocketAddress] {
    var addresses: [SocketAddress] = []
    for host in ticket.serverHosts {
      for ip in try await connection.addresses(of: host) {
        addresses.append(SocketAddress(ip: ip, port: ticket.serverPort))
      }
    }
    return addresses
  }

  /// Enrols, then runs session and channel side by side; the first that ends, ends the process.
  private func live(_ dialer: ServerDialer) async -> End {
    let identity: TLSIdentity
    switch await enroll(dialer) {
    case .identity(let made): identity = made
    case .end(let end): return end
    }
    report("enrolled with the server")
    let host = SessionHost(plan, gateway: gateway)
    let channel = ServerChannel(ticket, dialer, identity, host, loop, pid: pid, report: report)
    return await withTaskGroup(of: End.self) { group in
      group.addTask {
        do throws(StartFailure) {
          try await host.run()
          return .sessionEnded
        } catch {
          await tell(dialer, identity, error)
          // The server may wait for the answer to a ping, which tells the same: it is not to be cut
          // off on its way. A server that has heard it ends this process.
          try? await Task.sleep(for: Self.farewellTime)
          return .failed(error.description)
        }
      }
      group.addTask {
        let end = await channel.run()
        if case .failed(let reason) = end {
          await tell(dialer, identity, StartFailure(reason))
        }
        return end
      }
      let end = await group.next() ?? .failed("nothing ran")
      group.cancelAll()
      return end
    }
  }

  private static let farewellTime = Duration.seconds(2)

  private enum Enrolment {
    case identity(TLSIdentity)
    case end(End)
  }

  private func enroll(_ dialer: ServerDialer) async -> Enrolment {
    let key: PrivateKey
    do {
      key = try PrivateKey.generate()
    } catch {
      return .end(.failed(error.description))
    }
    var watch = ServerWatch(patience: ticket.settings.serverLost, now: loop.now)
    var reconnection = Reconnection(LinkLimits().reconnect)
    while true {
      do {
        let identity = try await dialer.enroll(key)
        watch.connected()
        return .identity(identity)
      } catch {
        switch error {
        case .refused(let reason): return .end(.refused(reason))
        case .unreachable(let reason): report("the server cannot be reached: \(reason)")
        }
      }
      if case .end = watch.verdict(now: loop.now) {
        return .end(.serverGone(ticket.settings.serverLost))
      }
      guard await reconnection.rest() else { return .end(.sessionEnded) }
    }
  }

  /// The reason goes to the server, the trace to the log as well: the session shows it.
  private func tell(
    _ dialer: ServerDialer, _ identity: TLSIdentity, _ failure: StartFailure
  ) async {
    report(failure.reason)
    if !failure.trace.isEmpty { report(failure.trace) }
    do {
      try await dialer.reportFailure(
        as: identity, reason: failure.reason, trace: failure.trace)
    } catch {
      report("the server could not be told: \(error)")
    }
  }
}
