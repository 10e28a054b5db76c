// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing

extension Integration {
  @Suite("Processes that are killed")
  struct LossTests {
    enum Victim: String, CaseIterable, Sendable {
      case driver = "livy-driver"
      case sparkSubmit = "java"
    }

    @Test(
      "A statement ends with an error, the session is dead, and no process is left",
      arguments: Victim.allCases, Channel.allCases)
    func killed(victim: Victim, channel: Channel) async throws {
      try await ServerProcess.running(channel.setting) { server in
        let session = try await server.session()
        #expect(try await session.text("1+1") == "2")
        let running = try await server.client.submit(
          "import time; time.sleep(600)", in: session.reference)
        let waiting = try await server.client.submit("2+2", in: session.reference)
        #expect(await eventually { await Self.state(running, of: session) == .running })

        let victims = server.sessionProcesses(named: victim.rawValue)
        #expect(victims.count == 1)
        kill(try #require(victims.first).pid, SIGKILL)

        try await session.eventually(.dead)
        // Livy's own route shows statements of sessions that serve, and of no other.
        await #expect(throws: ClientError.self) {
          try await server.client.statement(running.id, of: session.reference)
        }
        let page = try await server.client.history(of: session.reference, from: running.id)
        #expect(page.statements.map(\.id) == [running.id, waiting.id])
        for ended in page.statements {
          let error = try session.failure(of: ended)
          #expect(error.name == "DriverLost")
          #expect(error.value.contains("The session ended"), "\(error.value)")
          #expect(ended.completed > 0)
        }
        let log = try await session.log()
        #expect(
          log.contains("The driver was lost") || log.contains("The application ended"), "\(log)")
        await server.expectNoSessionProcess()
        // What is dead takes no statement, and can be removed.
        await #expect(throws: ClientError.self) {
          try await server.client.submit("1", in: session.reference)
        }
        // The server goes on.
        #expect(try await server.client.sessions().total == 1)
        try await server.client.deleteSession(session.reference)
        #expect(try await server.client.sessions().total == 0)
      }
    }

    private static func state(
      _ statement: Statement, of session: LiveSession
    ) async -> Statement.State? {
      try? await session.client.statement(statement.id, of: session.reference).state
    }

    @Test("A user's processes end with the session, in whatever process group they are")
    func descendants() async throws {
      try await ServerProcess.running { server in
        let session = try await server.session()
        let code = """
          import subprocess
          _ = subprocess.Popen(['sleep', '7777'], start_new_session=True)
          """
        _ = try await session.text(code)
        #expect(server.sessionProcesses.contains { $0.commandLine == ["sleep", "7777"] })
        try await server.client.deleteSession(session.reference)
        await server.expectNoSessionProcess()
      }
    }
  }
}
