// SPDX-License-Identifier: Apache-2.0

import Livy
import TestSupport
import Testing

extension Integration {
  @Suite("A server that was killed")
  struct RecoveryTests {
    @Test(
      "The next one takes the session up: nothing is lost, nothing runs twice, and it goes on",
      arguments: Channel.allCases)
    func takenUp(channel: Channel) async throws {
      let folder = try ServerFolder()
      let runs = folder.files + "/runs"
      func mark(_ letter: String) -> String { "_ = open('\(runs)', 'a').write('\(letter)')" }
      try await ServerProcess.running(channel.setting, in: folder) { server in
        let session = try await server.session()
        _ = try await session.text("import os, time\nx = 41\n\(mark("a"))\nprint(os.getpid())")
        let running = try await server.client.submit(
          "\(mark("b"))\ntime.sleep(5)\nx + 2", in: session.reference)
        let waiting = try await server.client.submit("\(mark("c"))\nx + 3", in: session.reference)
        #expect(
          await eventually {
            (try? await server.client.statement(running.id, of: session.reference).state)
              == .running
          })
        _ = await server.kill9()

        try await ServerProcess.running(channel.setting, in: folder) { next in
          let again = LiveSession(server: next, id: session.id)
          for (statement, text) in [(running, "43"), (waiting, "44")] {
            #expect(
              await eventually {
                (try? await next.client.statement(statement.id, of: again.reference).state)
                  == .available
              })
            let ended = try await next.client.statement(statement.id, of: again.reference)
            guard case .ok(_, let bundle)? = ended.output else {
              throw Surprise("\(ended.code) gave \(String(describing: ended.output))")
            }
            #expect(bundle.plainText == text)
          }
          try await again.eventually(.idle)
          let listed = try await next.client.statements(of: again.reference).statements
          #expect(listed.map(\.id) == [0, 1, 2])
          #expect(try await again.text("x + 1") == "42")
          #expect(folder.text(of: runs) == "abc")
          try await next.client.deleteSession(again.reference)
          await next.expectNoSessionProcess()
        }
      }
    }

    @Test("With recovery off the session is dead, and no process of it is left")
    func off() async throws {
      let folder = try ServerFolder()
      try await ServerProcess.running(in: folder) { server in
        let session = try await server.session()
        _ = await server.kill9()
        let settings = ["livy.server.recovery.mode": "off"]
        try await ServerProcess.running(settings, in: folder) { next in
          #expect(try await next.client.session(session.reference).state == .dead)
          let log = try await next.client.log(of: session.reference).log.joined(separator: "\n")
          #expect(log.contains("recovery is off"), "\(log)")
          await next.expectNoSessionProcess()
        }
      }
    }
  }
}
