// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing

extension Integration {
  @Suite("Hive")
  struct HiveTests {
    @Test("A table in a metastore of Derby's outlives its session, for each kind")
    func metastore() async throws {
      let folder = try ServerFolder()
      let site = try folder.write(Self.site(in: folder.path), to: "files/hive-site.xml")
      try await ServerProcess.running(
        ["livy.file.local-dir-whitelist": folder.files, "livy.repl.enable-hive-context": "true"],
        in: folder
      ) { server in
        var request = CreateSession(kind: "sql")
        request.files = ["file://" + site]
        let first = try await server.session(request)
        let made = try await first.rows("CREATE TABLE kept AS SELECT 42 AS answer")
        #expect(made.hasSuffix(#""data":[]}"#), "\(made)")
        // Derby lets one process in at a time.
        try await server.client.deleteSession(first.reference)
        await server.expectNoSessionProcess()

        let second = try await server.session(request)
        let read = try await second.rows("SELECT answer FROM kept")
        #expect(read.hasSuffix(#""data":[[42]]}"#), "\(read)")
        #expect(
          try await second.text("spark.table('kept').collect()[0].answer", kind: "pyspark") == "42")
        let inHive = try await second.rows("DESCRIBE FORMATTED kept")
        #expect(inHive.contains(folder.path + "/warehouse"), "\(inHive)")
      }
    }

    private static func site(in folder: String) -> String {
      let values = [
        "javax.jdo.option.ConnectionURL":
          "jdbc:derby:;databaseName=\(folder)/metastore;create=true",
        "hive.metastore.warehouse.dir": "\(folder)/warehouse",
      ]
      let properties = values.map {
        "<property><name>\($0.key)</name><value>\($0.value)</value></property>"
      }
      return "<configuration>\(properties.joined())</configuration>"
    }
  }
}
