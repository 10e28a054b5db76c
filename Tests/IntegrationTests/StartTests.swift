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

    @Test("A spark-submit that ends early tells its last words in the session's log")
    func exits() async throws {
      try await Self.withSparkSubmit("echo 'no such master: moon' >&2; exit 3") { session in
        try await session.eventually(.dead)
        let log = try await session.log()
        #expect(log.contains("no such master: moon"))
        #expect(log.contains("spark-submit ended with exit status 3"))
      }
    }

    @Test("A spark-submit that hangs is ended when its time is over, with all that it started")
    func hangs() async throws {
      try await Self.withSparkSubmit(
        "sleep 7777 & exec sleep 8888", settings: ["livy.rsc.server.connect.timeout": "2s"]
      ) { session in
        try await session.eventually(.error)
        #expect(try await session.log().contains("no driver called the server"))
      }
    }

    @Test("Without a spark-submit the session tells what to set")
    func missing() async throws {
      try await Self.withSparkSubmit(nil) { session in
        try await session.eventually(.error)
        let log = try await session.log()
        #expect(log.contains("no executable spark-submit at"))
        #expect(log.contains("SPARK_HOME"))
      }
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

    /// A server whose Spark is a shell script, or nothing at all.
    private static func withSparkSubmit(
      _ script: String?, settings: [String: String] = [:],
      _ check: (LiveSession) async throws -> Void
    ) async throws {
      let folder = try ServerFolder()
      if let script {
        try folder.write("#!/bin/sh\n\(script)\n", to: "spark/bin/spark-submit", mode: 0o755)
      }
      let all = settings.merging(["livy.server.spark-home": folder.path + "/spark"]) { $1 }
      try await ServerProcess.running(all, in: folder) { server in
        let session = try await server.startingSession()
        try await check(session)
        await server.expectNoSessionProcess()
        #expect(await server.stop() == .exited(0))
      }
    }
  }
}
