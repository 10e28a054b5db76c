// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J

/// What a start shows of Spark, and what can wait until the start is over.
extension SessionHost {
  /// Nil once a job has run.
  func failedProof(
    of application: SparkApplication, on connection: GatewayConnection
  ) async -> StartFailure? {
    do {
      try await application.prove(on: connection)
      return nil
    } catch {
      return StartFailure(error, "Spark did not run the ping's job")
    }
  }

  /// The first query of a session takes seconds in which Spark loads and compiles. They begin here,
  /// when the session is idle already, and nobody waits for them; a query that comes meanwhile finds
  /// them half over.
  func awakenSQL(of application: SparkApplication) async {
    guard !application.hasHive, !queue.isEnded,
      let connection = try? await application.gateway.open()
    else { return }
    awakening = connection
    // The end may have come while the connection was made.
    if !queue.isEnded { try? await application.awakenSQL(on: connection) }
    awakening = nil
    await connection.close()
  }
}
