// SPDX-License-Identifier: Apache-2.0

import LivyCore
import TestSupport
import Testing
import Transport

@testable import LivyLink

@Suite("What the rendezvous counts, over real TLS")
struct LinkMetricsTests {
  /// The driver on a loop of its own, since the server counts all that happens on its loops.
  private static func with(
    _ body: (Meeting, LaunchTicket, EventLoop) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "driver")
    do {
      try await Meeting.with { meeting in
        try await body(meeting, try await meeting.expect(), loop)
      }
    } catch {
      await loop.stop()
      throw error
    }
    await loop.stop()
  }

  /// Enrols, comes twice, and is asked twice each time, the second time in vain.
  private static func visitTwice(
    _ meeting: Meeting, _ ticket: LaunchTicket, on loop: EventLoop,
    meanwhile: (LinkMetrics) -> Void
  ) async throws {
    let dialer = ServerDialer(ticket, at: [meeting.address], on: loop)
    let identity = try await dialer.enroll(try PrivateKey.generate())
    for number in 1...2 {
      let channel = try await ReturnTests.persist {
        try await dialer.register(
          as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 42)
      }
      let driver = try await meeting.rendezvous.connected(
        ticket.session, within: .seconds(60)
      ).driver
      try await driver.acknowledge(through: 5)
      await #expect(throws: LivyError.self) {
        try await driver.execute(
          ExecuteRequest(statement: StatementID(4), kind: .sql, code: "refuse", epoch: 1))
      }
      if number == 2 { meanwhile(await meeting.rendezvous.metrics()) }
      await channel.close()
    }
  }

  @Test("Connections, handshakes, calls by code and bytes are counted, and stay when all is over")
  func visits() async throws {
    try await Self.with { meeting, ticket, loop in
      var during = LinkMetrics()
      try await Self.visitTwice(meeting, ticket, on: loop) { during = $0 }
      #expect((1...3).contains(during.connectionsOpen))
      #expect(during.callsMade.succeeded == 2)
      let isQuiet = await eventually {
        let now = await meeting.rendezvous.metrics()
        return now.connectionsOpen == 0 && now.connectionsClosed == now.connectionsOpened
      }
      #expect(isQuiet)
      let after = await meeting.rendezvous.metrics()
      // Enrolled, and came twice, the second time by the session of the first.
      #expect(after.connectionsOpened >= 3)
      #expect(after.handshakesFull >= 2)
      #expect(after.handshakesResumed >= 1)
      #expect(after.callsMade.begun == 4)
      #expect(after.callsMade.succeeded == 2)
      #expect(after.callsMade.failed.values.reduce(0, +) == 2)
      #expect(after.callsMade.failed["resourceExhausted"] == 2)
      // The enrolment, and a registration for each time.
      #expect(after.callsServed.succeeded == 3)
      #expect(after.messageBytesSent > 0)
      #expect(after.bytesReceived > UInt64(after.messageBytesReceived))
    }
  }

  @Test("A handshake that fails is counted by its reason")
  func strangers() async throws {
    try await Self.with { meeting, _, loop in
      let context = try TLSContext.client(
        identity: nil, trusting: meeting.authority.pem, applicationProtocol: "other/1",
        verify: { _, _ in nil })
      await #expect(throws: TransportError.self) {
        _ = try await TLSDialer.dial(meeting.address, on: loop, context: context)
      }
      let isCounted = await eventually {
        let metrics = await meeting.rendezvous.metrics()
        return metrics.handshakesFailed == ["handshakeFailed": 1]
      }
      #expect(isCounted)
    }
  }
}
