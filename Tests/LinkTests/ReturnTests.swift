// SPDX-License-Identifier: Apache-2.0

import LivyCore
import TestSupport
import Testing
import Transport
import Wire

@testable import LivyLink

@Suite("Drivers that come back, over real TLS")
struct ReturnTests {
  /// Redials so soon that a test need not wait.
  private static var limits: LinkLimits {
    var limits = LinkLimits()
    limits.reconnect.first = .milliseconds(5)
    limits.reconnect.longest = .milliseconds(20)
    return limits
  }

  private static func attach(_ meeting: Meeting, _ session: SessionUUID) async throws {
    let connection = try await meeting.rendezvous.connected(session, within: .seconds(60))
    _ = try await connection.driver.attach(epoch: 1)
  }

  // MARK: A cut

  @Test("After a cut, whoever saw it first, the same driver dials in again and is there")
  func dialIn() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      let identity = try await meeting.identity(ticket)
      for _ in 0..<5 {
        let channel = try await Self.persist {
          try await meeting.dialer(ticket).register(
            as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 42)
        }
        try await Self.attach(meeting, ticket.session)
        await channel.close()
      }
      #expect(meeting.notices.texts.filter { $0.contains("dialled in") }.count == 5)
    }
  }

  /// As a driver does it: again, until the server has noticed the cut too.
  static func persist<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do {
        return try await body()
      } catch let error as ServerDialer.Failure {
        guard case .unreachable = error else { throw error }
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  @Test("A lost channel is not handed out again: who asks waits for the return")
  func noStaleChannel() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      let identity = try await meeting.identity(ticket)
      let channel = try await meeting.dialer(ticket).register(
        as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 42)
      let first = try await meeting.rendezvous.connected(ticket.session, within: .seconds(60))
      await channel.close()
      try await RendezvousTests.expectLost(first.driver)
      await #expect {
        _ = try await meeting.rendezvous.connected(ticket.session, within: .milliseconds(1))
      } throws: { ($0 as? LivyError)?.code == .timedOut }
    }
  }

  @Test("After a cut the server dials the driver again, until it is forgotten")
  func connectBack() async throws {
    try await Meeting.with(limits: Self.limits) { meeting in
      let ticket = try await meeting.expect(.connectBack)
      let identity = try await meeting.identity(ticket)
      let entrance = ServerEntrance(serving: ScriptedDriver())
      let port = try await entrance.open(
        host: "127.0.0.1", ports: 0...0, as: identity, trusting: ticket.authority,
        on: meeting.loop)
      let registration = try await meeting.dialer(ticket).register(
        as: identity, listenPort: port, serving: ScriptedDriver(), pid: 42)
      await registration.close()
      for _ in 0..<5 {
        let channel = await entrance.next()
        try await Self.attach(meeting, ticket.session)
        await channel?.close()
      }
      #expect(await entrance.next() != nil)
      await meeting.rendezvous.forget(ticket.session)
      await entrance.close()
    }
  }

  // MARK: Another run of the server

  /// A driver that enrolled with a server that is gone by now; then `body` with the next one on the
  /// same authority, which has readmitted it with a key.
  private static func afterRestart(
    _ channel: ChannelDirection = .dialIn, address: DriverAddress? = nil,
    key: (DriverKey) -> DriverKey? = { $0 },
    _ body: (Meeting, LaunchTicket, TLSIdentity) async throws -> Void
  ) async throws {
    let former = Locked<(LaunchTicket, TLSIdentity, CertificateAuthority, DriverKey)?>(nil)
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect(channel)
      let identity = try await meeting.identity(ticket)
      let key = try await meeting.rendezvous.enrolled(ticket.session, within: .seconds(60))
      former.withLock { $0 = (ticket, identity, meeting.authority, key) }
    }
    let (ticket, identity, authority, own) = try #require(former.withLock { $0 })
    try await Meeting.with(limits: limits, authority: authority) { meeting in
      if let key = key(own) {
        try await meeting.rendezvous.readmit(
          DriverReadmission(
            uuid: ticket.session, attempt: 1, epoch: 2, key: key, channel: channel,
            address: address))
      }
      try await body(meeting, ticket, identity)
    }
  }

  @Test("A readmitted driver dials in with its certificate, and its token is worth nothing")
  func readmitted() async throws {
    try await Self.afterRestart { meeting, ticket, identity in
      _ = try await meeting.rendezvous.enrolled(ticket.session, within: .zero)
      let channel = try await meeting.dialer(ticket).register(
        as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 42)
      try await Self.attach(meeting, ticket.session)
      await RendezvousTests.expectRefusal { _ = try await meeting.identity(ticket) }
      #expect(meeting.notices.has("unknown token"))
      await channel.close()
    }
  }

  @Test("A driver with another key is refused, and so is one that nobody readmitted")
  func strangers() async throws {
    for key in [DriverKey(digest: "00"), nil] {
      try await Self.afterRestart(key: { _ in key }) { meeting, ticket, identity in
        await RendezvousTests.expectRefusal {
          _ = try await meeting.dialer(ticket).register(
            as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 42)
        }
        #expect(meeting.notices.has("is unknown or has ended"))
      }
    }
  }

  @Test("A readmitted driver is dialled where it listened, also when it is not there at first")
  func redialled() async throws {
    // A port that is free now.
    let ports = try await Meeting.freePort()
    try await Self.afterRestart(
      .connectBack, address: DriverAddress(ip: "127.0.0.1", port: ports)
    ) { meeting, ticket, identity in
      #expect(await eventually { meeting.notices.has("dialled again") })
      let entrance = ServerEntrance(serving: ScriptedDriver())
      _ = try await entrance.open(
        host: "127.0.0.1", ports: ports...ports, as: identity, trusting: ticket.authority,
        on: meeting.loop)
      let connection = try await meeting.rendezvous.connected(
        ticket.session, within: .seconds(60))
      #expect(connection.address == DriverAddress(ip: "127.0.0.1", port: ports))
      _ = try await connection.driver.attach(epoch: 2)
      await entrance.close()
    }
  }

  @Test("A driver whose address was never noted tells it again, and is dialled there")
  func announcedAgain() async throws {
    try await Self.afterRestart(.connectBack) { meeting, ticket, identity in
      let entrance = ServerEntrance(serving: ScriptedDriver())
      let port = try await entrance.open(
        host: "127.0.0.1", ports: 0...0, as: identity, trusting: ticket.authority,
        on: meeting.loop)
      let registration = try await meeting.dialer(ticket).register(
        as: identity, listenPort: port, serving: ScriptedDriver(), pid: 42)
      await registration.close()
      try await Self.attach(meeting, ticket.session)
      await entrance.close()
    }
  }

  // MARK: The port

  @Test("The port of the last run is taken again, or it is said that drivers will not find us")
  func formerPort() async throws {
    let port = try await Meeting.freePort()
    try await Meeting.with(formerPort: port) { meeting in
      #expect(meeting.address.port == port)
      try await Meeting.with(formerPort: port) { second in
        #expect(second.address.port != port)
        #expect(second.notices.has("at port \(port), which cannot be opened"))
      }
    }
  }
}

extension Meeting {
  /// A port that was free a moment ago.
  static func freePort() async throws -> UInt16 {
    let port = Locked<UInt16>(0)
    try await with { meeting in port.withLock { $0 = meeting.address.port } }
    return port.withLock { $0 }
  }
}
