// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationNetworking
import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("Sessions that start sooner")
  struct SpeedTests {
    @Test(
      "An archive of classes is made beside a session and used by the next; the pool's is there at once"
    )
    func archiveAndPool() async throws {
      let folder = try ServerFolder()
      let shelf = folder.path + "/cds"
      let settings = [
        "livy.server.cds.enabled": "true", "livy.server.cds.folder": shelf,
        "livy.server.cds.delay": "0s", "livy.server.pool.size": "1",
      ]
      try await ServerProcess.running(settings, in: folder) { server in
        let first = try await server.session()
        #expect(try await first.text("1 + 1") == "2")
        try #require(
          await eventually(within: .seconds(240)) { archives(in: shelf).count == 1 },
          "\(log(folder))")

        try #require(
          await eventually(within: .seconds(240)) { (try? await pooled(server)) == 1 },
          "\(log(folder))")
        var named = CreateSession(kind: "pyspark")
        named.name = "etl"
        let clock = ContinuousClock()
        var second: LiveSession?
        let time = try await clock.measure {
          second = try await server.session(named)
        }
        let taken = try #require(second)
        #expect(time < .seconds(1), "\(time)")
        #expect(taken.id > first.id)
        #expect(try await taken.text("spark.range(7).count()") == "7")
        #expect(try await first.text("x = 41") == "")
        #expect(try await taken.failure("x").name == "NameError")
        #expect(try await server.client.session(.name("etl")).id == taken.id)

        // Another kind has no driver waiting: it starts, with the archive.
        let third = try await server.session(CreateSession(kind: "sql"))
        #expect(try await third.rows("select 1 as one").contains("[[1]]"))
        #expect(maps(shelf, in: server).contains(true))
        let quiet = try await !third.log().contains("[cds]")
        #expect(quiet)
        for session in [first, taken, third] {
          try await server.client.deleteSession(session.reference)
        }
        try #require(
          await eventually(within: .seconds(240)) { (try? await pooled(server)) ?? 0 >= 1 },
          "\(log(folder))")
        #expect(await server.stop() == .exited(0))
        await server.expectNoSessionProcess()
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: shelf)
      #expect(Set(left).subtracting(archives(in: shelf)) == ["lock", "none"])
    }

    private func archives(in shelf: String) -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: shelf)) ?? []
      return names.filter { $0.hasSuffix(".jsa") }
    }

    /// For each JVM of a session, whether it has mapped something of the shelf.
    private func maps(_ shelf: String, in server: ServerProcess) -> [Bool] {
      server.sessionProcesses(named: "java").map { process in
        let bytes = RunningProcess.bytes("/proc/\(process.pid)/maps") ?? Data()
        return String(decoding: bytes, as: UTF8.self).contains(shelf + "/")
      }
    }

    private func pooled(_ server: ServerProcess) async throws -> Int {
      let url = try #require(URL(string: server.client.url + "/metrics/metrics"))
      let (data, _) = try await URLSession.shared.data(from: url)
      let text = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
      let key = "\"livy.pool.ready\":{\"value\":"
      guard let place = text.range(of: key) else { return -1 }
      return Int(text[place.upperBound...].prefix { $0.isNumber }) ?? -1
    }

    private func log(_ folder: ServerFolder) -> String { folder.text(of: folder.serverLog) }
  }
}
