// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyLaunch
import Testing
import Transport

@Suite("What a start reads besides its request")
struct LaunchStampTests {
  private static func with(
    _ body: (TemporaryFolder, (SessionRequest) async -> LaunchStamp?) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let loop = try EventLoop.start(name: "stamp")
    let launcher = LocalLauncher(
      LaunchSettings(
        sparkHome: folder.path("spark"), driverExecutable: folder.path("driver"),
        stateFolder: folder.path("state"), environment: ["HADOOP_CONF_DIR": folder.path("hadoop")]),
      on: loop)
    try await body(folder) { await launcher.stamp(of: $0) }
    await loop.stop()
  }

  @Test("A file that changes shows, each of several in one text, and the operator's conf too")
  func changes() async throws {
    try await Self.with { folder, stamp in
      try folder.write("1", to: "a.jar")
      try folder.write("1", to: "b.py")
      var request = SessionRequest()
      request.files.jars = ["\(folder.path("a.jar")),\(folder.path("b.py"))#name"]
      request.conf["spark.files"] = "file:\(folder.path("a.jar")) \(folder.path("b.py"))"
      var seen: Set<LaunchStamp> = []
      for name in [
        "a.jar", "b.py", "spark/conf/spark-env.sh", "hadoop/core-site.xml", "driver",
      ] {
        try folder.write("other text of \(name)", to: name)
        let first = try #require(await stamp(request))
        #expect(await stamp(request) == first)
        #expect(seen.insert(first).inserted, "\(name)")
      }
    }
  }

  @Test("Nobody can say of a file that lies elsewhere, or that is not found")
  func unknown() async throws {
    try await Self.with { folder, stamp in
      for uri in ["hdfs:///a.jar", folder.path("none"), "file:\(folder.path("none%20"))"] {
        var request = SessionRequest()
        request.files.jars = [uri]
        #expect(await stamp(request) == nil, "\(uri)")
      }
      #expect(await stamp(SessionRequest()) != nil)
    }
  }
}
