// SPDX-License-Identifier: Apache-2.0

import Livy
import LivyAPI
import RESTTestSupport
import Synchronization
import Testing

@Suite("The Swift client and batches")
struct BatchClientTests {
  @Test("A batch is made, followed to its end with its log, listed and removed")
  func wholeBatch() async throws {
    try await withServer { livy in
      var request = CreateBatch(file: "hdfs:///job.py")
      request.args = ["exit 0", "x"]
      request.name = "my batch"
      let created = try await livy.createBatch(request)
      let seen = Mutex<[String]>([])
      let ended = try await livy.follow(.id(created.id)) { _, log in seen.withLock { $0 = log } }
      #expect(ended.state == .success)
      #expect(
        seen.withLock { $0 } == ["stdout: ", "argument exit 0", "argument x", "\nstderr: "])
      #expect(try await livy.waitUntilFinished("my batch").id == created.id)
      let page = try await livy.batches(from: 0, size: 5)
      #expect(page.total == 1)
      #expect(page.batches == [ended])
      #expect(try await livy.log(ofBatch: "my batch", from: 2, size: 1).log == ["argument x"])
      try await livy.deleteBatch("my batch")
      let gone = await #expect(throws: ClientError.self) { try await livy.batch("my batch") }
      #expect(gone?.isNotFound == true)
    }
  }

  @Test("A request reads as what it was written as")
  func request() throws {
    var request = CreateBatch(file: "hdfs:///job.jar")
    request.args = ["a", ""]
    request.className = "Main"
    request.jars = ["j"]
    request.pyFiles = ["p"]
    request.files = ["f"]
    request.archives = ["z"]
    request.driverMemory = "1g"
    request.driverCores = 1
    request.executorMemory = "2g"
    request.executorCores = 2
    request.numExecutors = 3
    request.queue = "q"
    request.name = "n"
    request.conf = ["k": "v"]
    request.proxyUser = "u"
    let bytes = Array(JSONWriter.text(of: request).utf8)
    #expect(try CreateBatch(json: bytes, limits: .requests) == request)
  }

  @Test("A refusal has the server's words")
  func refusal() async throws {
    try await withServer { livy in
      let error = await #expect(throws: ClientError.self) {
        try await livy.createBatch(CreateBatch(file: ""))
      }
      #expect(error?.status == 400)
      #expect(error?.message == "Rejected, Reason: requirement failed: File is required.")
    }
  }

  private func withServer(
    _ body: @escaping @Sendable (LivyClient) async throws -> Void
  ) async throws {
    let server = ServerUnderTest()
    do {
      try await server.listening { url in try await body(LivyClient(url)) }
    } catch {
      await server.shutDown()
      throw error
    }
    await server.shutDown()
  }
}
