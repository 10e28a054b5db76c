// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing
import Transport

extension Integration {
  @Suite("sparkmagic 0.23.0 and livy-uploads 0.1.5, unmodified")
  struct SparkmagicTests {
    @Test("Its controller and its PySpark kernel, and uploads beside them")
    func change() async throws {
      try await ServerProcess.running { server in
        try await ClientRun(python: "LIVY_TEST_SPARKMAGIC", program: "sparkmagic_controller")
          .expect(on: server)
        try await ClientRun(python: "LIVY_TEST_SPARKMAGIC", program: "sparkmagic_kernel")
          .expect(on: server)
        // The name that Livy refuses, too.
        #expect(server.folder.refusedRequests == ["POST /sessions 400"])
      }
    }

    @Test(
      "Its Spark and SparkR kernels", .enabled(if: Surroundings.areSlowClientsChosen))
    func kernels() async throws {
      try await ServerProcess.running { server in
        try await ClientRun(python: "LIVY_TEST_SPARKMAGIC", program: "sparkmagic_kernels")
          .expect(on: server)
        let asked = server.folder.refusedRequests
        #expect(asked.count == 1 && asked[0].hasSuffix(" 404"), "\(asked)")
      }
    }
  }
}
