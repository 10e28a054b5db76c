// SPDX-License-Identifier: Apache-2.0

package import LivyREST
package import LivyServer
internal import LivyStore
package import Logging

/// The real directory and the real REST server over a scripted Spark.
package struct ServerUnderTest: Sendable {
  package let directory: SessionDirectory
  package let batches: BatchDirectory
  package let settings: RESTSettings
  package let logger: Logger

  package init(
    spark: ScriptedSpark = ScriptedSpark(), settings: RESTSettings = RESTSettings(),
    sessions: SessionSettings = SessionSettings()
  ) {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var sessions = sessions
    sessions.orderlyEndTimeMax = .milliseconds(20)
    sessions.farewellTime = .milliseconds(20)
    self.logger = logger
    self.settings = settings
    let store = MemoryStateStore()
    let slots = StartSlots(max: sessions.startingMax)
    directory = SessionDirectory(
      launcher: spark, store: store, rendezvous: spark, settings: sessions, slots: slots,
      logger: logger)
    batches = BatchDirectory(
      launcher: spark, store: store, settings: sessions, slots: slots, logger: logger)
  }

  package func server(
    onListening: @escaping @Sendable (UInt16) async -> Void = { _ in }
  ) -> RESTServer {
    RESTServer(
      directory: directory, batches: batches, settings: settings, logger: logger,
      onListening: onListening)
  }

  /// Listens on a port of the kernel's choice while `body` runs, which gets the address.
  package func listening<Result: Sendable>(
    _ body: @escaping @Sendable (String) async throws -> Result
  ) async throws -> Result {
    var settings = settings
    settings.port = 0
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      let (ports, told) = AsyncStream.makeStream(of: UInt16.self)
      let server = RESTServer(
        directory: directory, batches: batches, settings: settings, logger: logger,
        onListening: { told.yield($0) })
      group.addTask {
        try await server.run()
        return nil
      }
      group.addTask {
        for await port in ports { return try await body("http://127.0.0.1:\(port)") }
        return nil
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  package func shutDown() async {
    await directory.shutDown(within: .milliseconds(20))
    await batches.shutDown()
  }
}
