// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing
import Transport

extension Integration {
  @Suite("Programs that talk to a server")
  struct ClientProgramTests {
    @Test("livy runs code, shows sessions, and tells by its status how it went")
    func commands() async throws {
      try await ServerProcess.running { server in
        try await Self.expect(server, ["run", "1+1"], status: 0, output: "2\n")
        #expect(try await server.client.sessions().total == 0)
        await server.expectNoSessionProcess()

        let session = try await server.session()
        let id = String(session.id)
        let sql = try await Self.livy(
          server, ["run", "--kind", "sql", "--session", id, "SELECT 1 AS one, 'é' AS two"])
        #expect(sql.status == .exited(0), "\(sql.errors)")
        #expect(sql.output.contains("one") && sql.output.contains("é"))
        let failed = try await Self.livy(server, ["run", "--session", id, "1/0"])
        #expect(failed.status == .exited(1))
        #expect(failed.errors.contains("ZeroDivisionError"))
        #expect(failed.output.isEmpty)
        let list = try await Self.livy(server, ["session", "ls"])
        #expect(list.status == .exited(0))
        #expect(list.output.contains("idle"))
        for command in ["show", "log", "rm"] {
          let ran = try await Self.livy(server, ["session", command, id])
          #expect(ran.status == .exited(0), "\(command): \(ran.errors)")
        }
        #expect(try await server.client.sessions().total == 0)
        #expect(try await Self.livy(server, ["session", "rm", id]).status == .exited(1))
        #expect(try await Self.livy(server, ["run", "--no-such-option", "1"]).status == .exited(2))
        #expect(await server.stop() == .exited(0))
        let unreachable = try await Self.livy(server, ["run", "1"])
        #expect(unreachable.status == .exited(3), "\(unreachable.errors)")
      }
    }

    private static func livy(
      _ server: ServerProcess, _ arguments: [String]
    ) async throws -> Program {
      try await Program.run(
        Surroundings.value("LIVY_TEST_SERVER"), arguments,
        environment: ["LIVY_URL": server.client.url], in: server.folder)
    }

    private static func expect(
      _ server: ServerProcess, _ arguments: [String], status: Int32, output: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let ran = try await livy(server, arguments)
      #expect(ran.status == .exited(status), "\(ran.errors)", sourceLocation: sourceLocation)
      #expect(ran.output == output, sourceLocation: sourceLocation)
    }
  }
}
