// SPDX-License-Identifier: Apache-2.0

import LivyCore
import TestSupport
import Testing
import Transport
import Wire

@testable import LivyLink

@Suite("TLS sessions of drivers, and their end")
struct RevocationTests {
  private static func register(
    _ dialer: ServerDialer, as identity: TLSIdentity
  ) async throws -> ServerConnection {
    // The server may have yet to notice that the former connection is gone.
    try await ReturnTests.persist {
      try await dialer.register(
        as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 42)
    }
  }

  @Test("A driver that dials in again resumes its TLS session, and is known by it")
  func dialIn() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      let dialer = meeting.dialer(ticket)
      let identity = try await dialer.enroll(try PrivateKey.generate())
      for _ in 0..<3 {
        let channel = try await Self.register(dialer, as: identity)
        _ = try await meeting.rendezvous.connected(ticket.session, within: .seconds(60))
        await channel.close()
      }
      let context = try #require(await meeting.rendezvous.listening)
      // Enrolment, and the first connection.
      #expect(context.handshakes.full == 2)
      #expect(context.handshakes.resumed >= 2)
      #expect(context.sessionCount == 1)
    }
  }

  @Test("The server that dials a driver again resumes its TLS session with that driver")
  func connectBack() async throws {
    var limits = LinkLimits()
    limits.reconnect.first = .milliseconds(5)
    limits.reconnect.longest = .milliseconds(20)
    try await Meeting.with(limits: limits) { meeting in
      let ticket = try await meeting.expect(.connectBack)
      let identity = try await meeting.identity(ticket)
      let entrance = ServerEntrance(serving: ScriptedDriver())
      let port = try await entrance.open(
        host: "127.0.0.1", ports: 0...0, as: identity, trusting: ticket.authority,
        on: meeting.loop)
      let registration = try await meeting.dialer(ticket).register(
        as: identity, listenPort: port, serving: ScriptedDriver(), pid: 42)
      await registration.close()
      for _ in 0..<3 {
        let channel = await entrance.next()
        let there = try await meeting.rendezvous.connected(ticket.session, within: .seconds(60))
        // An answer came, so what the driver's TLS sent before it is here too.
        _ = try await there.driver.attach(epoch: 1)
        await channel?.close()
      }
      #expect(await entrance.next() != nil)
      let context = try #require(await meeting.rendezvous.dialling)
      #expect(context.handshakes.full == 1)
      #expect(await eventually { context.handshakes.resumed >= 3 })
      await meeting.rendezvous.forget(ticket.session)
      #expect(await eventually { context.sessionCount == 0 })
      await entrance.close()
    }
  }

  @Test("The end of a session cuts its driver, registered or not, and its way back by a session")
  func end() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      let other = try await meeting.expect()
      let dialer = meeting.dialer(ticket)
      let identity = try await dialer.enroll(try PrivateKey.generate())
      let channel = try await Self.register(dialer, as: identity)
      let bystander = meeting.dialer(other)
      let stays = try await Self.register(
        bystander, as: try await bystander.enroll(try PrivateKey.generate()))
      // A second connection, which never says who it is but by its certificate.
      let client = try TLSContext.client(
        identity: identity, trusting: ticket.authority,
        applicationProtocol: ChannelProtocol.channel, verify: ServerDialer.verifyServer)
      let silent = Connection(
        try await TLSDialer.dial(meeting.address, on: meeting.loop, context: client),
        side: .dialed)
      await silent.start()
      let context = try #require(await meeting.rendezvous.listening)
      #expect(await eventually { context.sessionCount == 3 })

      await meeting.rendezvous.forget(ticket.session)
      _ = await channel.ended()
      _ = await silent.closed()
      #expect(context.sessionCount == 1)
      let before = context.handshakes
      await #expect {
        _ = try await dialer.register(
          as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 42)
      } throws: { error in
        guard case ServerDialer.Failure.refused(let reason) = error else { return false }
        return reason.contains("our certificate is revoked")
      }
      #expect(meeting.notices.has("which is revoked"))
      #expect(context.handshakes.resumed == before.resumed)
      #expect(context.handshakes.failed == before.failed + 1)
      await stays.close()
    }
  }
}
