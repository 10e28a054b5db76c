// SPDX-License-Identifier: Apache-2.0

import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("Starts that do not end well")
  struct StartTests {
    @Test("DELETE in any phase of the start leaves no process and no session")
    func deleted() async throws {
      try await ServerProcess.running { server in
        try await Self.delete(on: server) { _ in }
        try await Self.delete(on: server) { _ in
          #expect(await eventually { !server.sessionProcesses(named: "java").isEmpty })
        }
        try await Self.delete(on: server) { session in
          #expect(
            await eventually {
              let phases = try? await server.client.phases(of: session.reference).phases
              return phases?.contains { $0.name == "accepted" } == true
            })
        }
      }
    }

    private static func delete(
      on server: ServerProcess, when moment: (LiveSession) async throws -> Void
    ) async throws {
      let session = try await server.startingSession()
      try await moment(session)
      try await server.client.deleteSession(session.reference)
      #expect(server.sessionProcesses.isEmpty, "left: \(server.sessionProcesses)")
      let error = await #expect(throws: ClientError.self) {
        try await server.client.session(session.reference)
      }
      #expect(error?.isNotFound == true)
      await server.expectNoSessionProcess()
    }

    @Test("Conf that Java refuses ends the session with Java's reason")
    func refused() async throws {
      try await ServerProcess.running { server in
        var request = CreateSession(kind: "pyspark")
        request.driverMemory = "1m"
        let session = try await server.startingSession(request)
        #expect(
          await eventually(within: .seconds(120)) {
            (try? await server.client.session(session.reference).state.isFinished) == true
          })
        let log = try await session.log()
        #expect(log.contains("maximum heap"), "\(log)")
        #expect(log.contains("spark-submit ended with exit status 1"), "\(log)")
        await server.expectNoSessionProcess()
      }
    }
  }
}
