// SPDX-License-Identifier: Apache-2.0

import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("The end of a server")
  struct ServerEndTests {
    @Test(
      "SIGTERM ends all sessions, running and starting ones, and the status is 0",
      arguments: Channel.allCases)
    func stopped(channel: Channel) async throws {
      let folder = try ServerFolder()
      try await ServerProcess.running(channel.setting, in: folder) { server in
        let busy = try await server.session()
        _ = try await server.client.submit("import time; time.sleep(600)", in: busy.reference)
        let starting = try await server.startingSession()
        #expect(await eventually { server.sessionProcesses(named: "java").count == 2 })
        #expect(await server.stop() == .exited(0))
        #expect(folder.processes.isEmpty, "left: \(folder.processes)")

        try await ServerProcess.running(channel.setting, in: folder) { next in
          for session in [busy, starting] {
            let shown = try await next.client.session(session.reference)
            #expect(shown.state.isFinished)
          }
          #expect(await next.stop() == .exited(0))
        }
      }
    }

    @Test(
      "A driver whose server never returns ends itself; the next server lists its session as dead and uses no id twice",
      arguments: Channel.allCases)
    func killed(channel: Channel) async throws {
      let folder = try ServerFolder()
      let settings = channel.setting.merging(["livy.rsc.server.idle-timeout": "5s"]) { $1 }
      try await ServerProcess.running(settings, in: folder) { server in
        let session = try await server.session()
        #expect(try await session.text("1+1") == "2")
        _ = await server.kill9()
        #expect(server.sessionProcesses(named: "livy-driver").count == 1)
        await server.expectNoSessionProcess()

        try await ServerProcess.running(settings, in: folder) { next in
          let listed = try await next.client.sessions().sessions
          #expect(listed.map(\.id) == [session.id])
          #expect(listed.first?.state == .dead)
          let log = try await next.client.log(of: session.reference).log.joined(separator: "\n")
          #expect(log.contains("The server was restarted"), "\(log)")
          let fresh = try await next.startingSession()
          #expect(fresh.id > session.id)
          try await next.client.deleteSession(fresh.reference)
          await next.expectNoSessionProcess()
        }
      }
    }
  }
}
