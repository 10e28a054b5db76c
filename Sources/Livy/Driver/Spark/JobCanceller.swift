// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyPy4J
internal import Transport

/// Ends the Spark jobs of a statement, on a connection of its own: the interpreter's is busy.
actor JobCanceller {
  private nonisolated let loop: any Loop
  private let application: SparkApplication
  private var connection: GatewayConnection?

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ application: SparkApplication) {
    self.application = application
    loop = application.gateway.loop
  }

  /// Ends the jobs that run now; Spark does so after this returns. Called again and again: when
  /// Spark cannot be asked, the next call tries anew.
  func cancelJobs(of statement: StatementID) async {
    do {
      let connection = try await connected()
      try await connection.scope { (java) throws(Py4JError) in
        _ = try await java.call(
          application.context, "cancelJobGroup", .text(statement.description))
      }
    } catch {
      await close()
    }
  }

  func close() async {
    await connection?.close()
    connection = nil
  }

  private func connected() async throws(Py4JError) -> GatewayConnection {
    if let connection { return connection }
    let new = try await application.gateway.open()
    if let connection {  // Another call was quicker.
      await new.close()
      return connection
    }
    connection = new
    return new
  }
}
