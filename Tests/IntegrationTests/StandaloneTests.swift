// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import Testing
import Transport

extension Integration {
  @Suite("On a standalone cluster")
  struct StandaloneTests {
    @Test("A case class of the REPL's makes Datasets on an executor of another process")
    func caseClass() async throws {
      let folder = try ServerFolder()
      let loop = try EventLoop.start(name: "cluster")
      do {
        let cluster = try await StandaloneCluster.start(in: folder, on: loop)
        try await ServerProcess.running(
          ["livy.spark.master": cluster.master, "livy.rsc.launcher.address": "127.0.0.1"],
          environment: ["SPARK_LOCAL_IP": "127.0.0.1"], in: folder
        ) { server in
          var request = CreateSession(kind: "spark")
          request.executorMemory = "512m"
          let session = try await server.session(request)
          try await Self.datasets(session)
          let shown = try await server.client.session(session.reference)
          #expect(shown.appID?.hasPrefix("app-") == true)
        }
      } catch {
        folder.killAll()
        await loop.stop()
        throw error
      }
      folder.killAll()
      await loop.stop()
    }

    private static func datasets(_ session: LiveSession) async throws {
      let code = """
        case class Planet(name: String, moons: Int)
        val planets = sc.parallelize(Seq(Planet("Earth", 1), Planet("Mars", 2)), 2).toDS()
        val here = java.lang.ProcessHandle.current.pid
        val others = planets.map(p => (p.name, java.lang.ProcessHandle.current.pid)).collect()
        val more = planets.map(p => p.copy(moons = p.moons * 10)).collect().toSeq.sortBy(_.name)
        (others.forall(_._2 != here), more.map(_.moons).sum, more.map(_.name).mkString(","))
        """
      let text = try await session.text(code, kind: "spark")
      #expect(text.hasSuffix("= (true,30,Earth,Mars)\n"), "\(text)")
      // The other kinds have the same executor.
      #expect(try await session.text("sc.range(10, numSlices=2).sum()", kind: "pyspark") == "45")
      #expect(try await session.rows("SELECT sum(id) FROM range(5)").hasSuffix("[[10]]}"))
    }
  }
}
