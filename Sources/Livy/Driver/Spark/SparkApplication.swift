// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import LivyPy4J

/// The Spark application of this driver: its SparkSession and SparkContext in the JVM, and what
/// Spark says of it. Both objects are kept for the life of the JVM and may be used from every
/// connection of the gateway.
package struct SparkApplication: Sendable {
  package let gateway: Gateway
  /// `org.apache.spark.sql.SparkSession`.
  package let session: JavaReference
  /// `org.apache.spark.SparkContext`.
  package let context: JavaReference
  /// `java.io.File`: where Scala's REPL puts its classes.
  let classFolder: JavaReference
  package let facts: ApplicationFacts
  package let pythonFiles = PythonFiles()

  /// Makes the SparkSession, or takes the one that is there. May take as long as the cluster takes
  /// to give resources.
  package static func start(
    through gateway: Gateway, on connection: GatewayConnection
  ) async throws(Py4JError) -> SparkApplication {
    try await connection.scope { (java) throws(Py4JError) in
      try await java.checkHive()
      let classFolder = try await java.makeClassFolder()
      let builder = try await java.callStatic("org.apache.spark.sql.SparkSession", "builder")
      let session = try await java.object(builder.asReference(), "getOrCreate")
      let context = try await java.object(session, "sparkContext")
      let version = try await java.call(session, "version").asText()
      let id = try await java.call(context, "applicationId").asText()
      let page = try await java.object(context, "uiWebUrl")
      let hasPage = try await java.call(page, "isDefined").asBool()
      let url = hasPage ? try await java.call(page, "get").asText() : nil
      return SparkApplication(
        gateway: gateway, session: java.keep(session), context: java.keep(context),
        classFolder: java.keep(classFolder),
        facts: ApplicationFacts(sparkVersion: version, applicationID: id, uiURL: url))
    }
  }

  /// Runs a Spark job of one row: the proof that jobs can run.
  package func prove(on connection: GatewayConnection) async throws(Py4JError) {
    let count = try await connection.scope { (java) throws(Py4JError) in
      let rows = try await java.object(session, "range", .long(1))
      return try await java.call(rows, "count").asInteger()
    }
    guard count == 1 else {
      throw Py4JError(.unexpectedValue, "Spark counts \(count) rows in a range of one")
    }
  }

  package func stop(on connection: GatewayConnection) async throws(Py4JError) {
    _ = try await connection.perform(.call(.object(session), method: "stop", arguments: []))
  }

  /// Interrupts a thread of the JVM. A thread that cannot be reached cannot run anything either.
  func interrupt(_ thread: JavaReference) async {
    guard let connection = try? await gateway.open() else { return }
    _ = try? await connection.perform(.call(.object(thread), method: "interrupt", arguments: []))
    await connection.close()
  }
}
