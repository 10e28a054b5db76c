// SPDX-License-Identifier: Apache-2.0

import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("Sessions that nobody uses any more")
  struct ExpiryTests {
    private static let quickLooks = [
      "livy.server.session.sweep-interval": "500ms",
      "livy.server.heartbeat-watchdog.interval": "500ms",
      "livy.server.session.ttl-check": "true",
    ]

    private func isGone(_ session: LiveSession) async -> Bool {
      do throws(ClientError) {
        // Not by its number: that would be a heartbeat.
        return try await !session.client.sessions().sessions.contains { $0.id == session.id }
      } catch {
        return false
      }
    }

    private func expectGone(_ session: LiveSession, from server: ServerProcess) async throws {
      #expect(await eventually { await isGone(session) })
      let error = await #expect(throws: ClientError.self) {
        try await session.client.session(session.reference)
      }
      #expect(error?.isNotFound == true)
      await server.expectNoSessionProcess()
    }

    @Test("An idle session ends and leaves nothing; one in use stays", arguments: Channel.allCases)
    func idle(channel: Channel) async throws {
      let settings = Self.quickLooks.merging(channel.setting) { $1 }
      try await ServerProcess.running(settings) { server in
        var request = CreateSession(kind: "pyspark")
        request.idleTimeout = "4s"
        let session = try await server.session(request)
        let phases = try await server.client.phases(of: session.reference)
        #expect(phases.expiries.map(\.cause) == ["idle", "ttl"])
        // Used for twice its idle time; a statement's own seconds count as use from its end on.
        for number in 0..<8 {
          #expect(try await session.text("import time; time.sleep(1); \(number)") == "\(number)")
        }
        _ = try await server.client.connect(session.reference)
        try await expectGone(session, from: server)
        #expect(server.folder.text(of: server.folder.serverLog).contains("nobody used it for 4"))
        #expect(await server.stop() == .exited(0))
      }
    }

    @Test("A session whose client falls silent ends, and so does one that is too old")
    func silentAndOld() async throws {
      try await ServerProcess.running(Self.quickLooks) { server in
        var request = CreateSession(kind: "pyspark")
        request.heartbeatTimeoutInSecond = 5
        let silent = try await server.session(request)
        // Asked for again and again, it stays beyond its time.
        for _ in 0..<30 {
          #expect(try await server.client.session(silent.reference).state == .idle)
          try await Task.sleep(for: .milliseconds(250))
        }
        try await expectGone(silent, from: server)
        let log = server.folder.text(of: server.folder.serverLog)
        #expect(log.contains("its client did not ask for it for 5"))

        request = CreateSession(kind: "pyspark")
        request.ttl = "5s"
        // It may be over before it is ready: age counts from the request.
        let old = try await server.startingSession(request)
        try await expectGone(old, from: server)
        #expect(server.folder.text(of: server.folder.serverLog).contains("its time to live"))
        #expect(await server.stop() == .exited(0))
      }
    }
  }
}
