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
  /// Where the driver finds the files and the unpacked archives that Spark has brought.
  package let filesFolder: String
  /// Tasks run in the driver's own JVM.
  package let isLocal: Bool
  package let facts: ApplicationFacts
  package let pythonFiles: PythonFiles
  /// Its tables are in Hive's metastore.
  let hasHive: Bool

  /// Makes the SparkSession, or takes the one that is there. May take as long as the cluster takes
  /// to give resources.
  package static func start(
    through gateway: Gateway, on connection: GatewayConnection,
    pythonFiles: PythonFiles = PythonFiles()
  ) async throws(Py4JError) -> SparkApplication {
    try await connection.scope { (java) throws(Py4JError) in
      let hasHive = try await java.checkHive()
      let classFolder = try await java.makeClassFolder()
      let builder = try await java.callStatic("org.apache.spark.sql.SparkSession", "builder")
      let session = try await java.object(builder.asReference(), "getOrCreate")
      let context = try await java.object(session, "sparkContext")
      let version = try await java.call(session, "version").asText()
      let id = try await java.call(context, "applicationId").asText()
      let page = try await java.object(context, "uiWebUrl")
      let hasPage = try await java.call(page, "isDefined").asBool()
      let url = hasPage ? try await java.call(page, "get").asText() : nil
      let folder = try await java.callStatic("org.apache.spark.SparkFiles", "getRootDirectory")
      let isLocal = try await java.call(context, "isLocal").asBool()
      return SparkApplication(
        gateway: gateway, session: java.keep(session), context: java.keep(context),
        classFolder: java.keep(classFolder), filesFolder: try folder.asText(), isLocal: isLocal,
        facts: ApplicationFacts(sparkVersion: version, applicationID: id, uiURL: url),
        pythonFiles: pythonFiles, hasHive: hasHive)
    }
  }

  /// Runs a Spark job of one row: the proof that jobs can run. It goes past SQL, whose first query
  /// takes longer than all the rest of a start; but for a session with Hive's tables, which is to
  /// tell at once when it cannot reach them.
  package func prove(on connection: GatewayConnection) async throws(Py4JError) {
    guard !hasHive else { return try await awakenSQL(on: connection) }
    let count = try await connection.scope { (java) throws(Py4JError) in
      let spark = try await java.callStatic(
        "org.apache.spark.api.java.JavaSparkContext", "fromSparkContext", .reference(context))
      let rows = try await java.construct("java.util.ArrayList")
      _ = try await java.call(rows, "add", .int(1))
      let data = try await java.object(
        spark.asReference(), "parallelize", .reference(rows), .int(1))
      return try await java.call(data, "count").asInteger()
    }
    try Self.check(count)
  }

  /// Runs a query of one row, with which Spark loads what all queries need.
  package func awakenSQL(on connection: GatewayConnection) async throws(Py4JError) {
    let count = try await connection.scope { (java) throws(Py4JError) in
      // One partition: a session's default may be thousands.
      let rows = try await java.object(
        session, "range", .long(0), .long(1), .long(1), .int(1))
      return try await java.call(rows, "count").asInteger()
    }
    try Self.check(count)
  }

  private static func check(_ count: Int64) throws(Py4JError) {
    guard count == 1 else {
      throw Py4JError(.unexpectedValue, "Spark counts \(count) rows in one")
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
