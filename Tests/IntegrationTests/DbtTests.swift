// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing
import Transport

extension Integration {
  @Suite(
    "dbt-spark-livy 1.3.1, unmodified", .enabled(if: Surroundings.areSlowClientsChosen))
  struct DbtTests {
    @Test("debug, seed, run and test, over several sessions with one metastore")
    func commands() async throws {
      let folder = try ServerFolder()
      // Who starts the metastore writes what leads to it.
      let hive = ["HIVE_CONF_DIR": folder.path + "/hive"]
      let settings = ["livy.repl.enable-hive-context": "true"]
      try await ServerProcess.running(settings, environment: hive, in: folder) { server in
        try await ClientRun(python: "LIVY_TEST_DBT", program: "dbt_project", environment: hive)
          .expect(on: server)
        #expect(folder.refusedRequests.isEmpty)
      }
    }
  }
}
