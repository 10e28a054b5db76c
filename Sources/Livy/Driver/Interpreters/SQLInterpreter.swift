// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import LivyPy4J
internal import Transport

/// Runs SQL in the JVM's SparkSession, on a connection of its own, and gives the first rows as
/// JSON.
package actor SQLInterpreter: Interpreter {
  package nonisolated let kind = StatementKind.sql
  private nonisolated let loop: any Loop
  private let application: SparkApplication
  private let rowsMax: Int32
  private let outputBytesMax: Int
  private let catalog: SQLCatalog
  private var connection: GatewayConnection?
  /// The JVM's thread that serves the connection.
  private var thread: JavaReference?
  private var isRunning = false
  /// The last interrupt, until a run has undone what it left.
  private var interruption: Task<Void, Never>?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  package init(
    _ application: SparkApplication, rowsMax: UInt32,
    outputBytesMax: UInt32 = DriverSettings().outputBytesMax
  ) {
    self.application = application
    self.rowsMax = Int32(clamping: rowsMax)
    self.outputBytesMax = Int(outputBytesMax)
    catalog = SQLCatalog(application)
    loop = application.gateway.loop
  }

  package func start() async throws(InterpreterError) {
    do {
      let connection = try await application.gateway.open()
      self.connection = connection
      thread = try await connection.scope { (java) throws(Py4JError) in
        let thread = try await java.callStatic("java.lang.Thread", "currentThread")
        return java.keep(try thread.asReference())
      }
    } catch {
      throw InterpreterError("SQL has no connection to the JVM: \(error.message)")
    }
  }

  package func run(
    _ code: String, statement: StatementID, print: @escaping Printer
  ) async -> RunOutcome {
    guard let connection else { return .died(reason: "SQL has no connection to the JVM") }
    do {
      try await undoInterruption(on: connection)
      isRunning = true
      defer { isRunning = false }
      let document = try await connection.scope { (java) throws(Py4JError) in
        try await java.query(code, statement, in: application, rowsMax: rowsMax)
      }
      let part = OutputPart(mimeType: "application/json", content: .json(document))
      guard part.byteCount <= outputBytesMax else {
        return .output(.failure(.tooLong(part.byteCount, of: outputBytesMax)))
      }
      return .output(.success([part]))
    } catch {
      switch error.code {
      case .connectionLost, .protocolError, .refused:
        return .died(reason: error.message)
      default:
        return .output(.failure(StatementFailure(sql: error)))
      }
    }
  }

  package func complete(_ code: String, cursor: Int) async -> [String] {
    guard let place = SQLPlace(code, cursor: cursor) else { return [] }
    let found = await catalog.candidates(of: place)
    return found ?? SQLCandidates(place: place).among(tables: [], columns: [])
  }

  /// For what runs without a Spark job, such as a long planning: the thread is interrupted.
  package func interrupt() async {
    guard isRunning, let thread else { return }
    let previous = interruption
    let next = Task { [application] in
      await previous?.value
      await application.interrupt(thread)
    }
    interruption = next
    await next.value
  }

  /// An interrupt that came too late for its statement must not meet the next one. None begins
  /// before this has returned.
  private func undoInterruption(on connection: GatewayConnection) async throws(Py4JError) {
    guard let interruption else { return }
    await interruption.value
    self.interruption = nil
    // Asks and forgets.
    _ = try await connection.perform(
      .call(.type("java.lang.Thread"), method: "interrupted", arguments: []))
  }

  package func stop() async {
    await catalog.close()
    await connection?.close()
    connection = nil
  }
}

extension StatementFailure {
  /// A table cannot be cut without becoming another one.
  fileprivate static func tooLong(_ count: Int, of bytesMax: Int) -> StatementFailure {
    StatementFailure(
      name: "Error",
      value: "the result has \(count) bytes, of \(bytesMax) at most (livy.rsc.output.max-bytes); "
        + "select fewer columns or rows, or shorten long texts")
  }

  /// As Livy tells an error of SQL's: its message, and the frames of the throwable.
  init(sql error: Py4JError) {
    self.init(name: "Error", value: error.message, traceback: error.exception?.frames ?? [])
  }
}

extension JavaScope {
  /// Livy's document of a result: `{"schema":...,"data":[[...],...]}`.
  fileprivate func query(
    _ code: String, _ statement: StatementID, in application: SparkApplication, rowsMax: Int32
  ) async throws(Py4JError) -> String {
    // Tasks are not interrupted on cancel: Spark warns that HDFS may then mark its nodes as dead.
    _ = try await call(
      application.context, "setJobGroup", .text(statement.description),
      .text(String(code.prefix(100))), .bool(false))
    let result = try await object(application.session, "sql", .text(code))
    let schema = try await object(result, "schema")
    let schemaText = try await call(schema, "json").asText()
    let columns = Int(clamping: try await call(schema, "size").asInteger())
    let data = columns <= 0 ? "[]" : try await rows(of: result, columns: columns, max: rowsMax)
    return "{\"schema\":\(schemaText),\"data\":\(data)}"
  }

  /// The first rows as JSON arrays. Spark itself writes the JSON, with columns renamed, so that
  /// their own names (twice the same, with dots or quotes) never matter. The limit comes last: then
  /// Spark reads no more partitions than needed.
  private func rows(
    of result: JavaReference, columns: Int, max rowsMax: Int32
  ) async throws(Py4JError) -> String {
    let names = try await textArray((0..<columns).map { "c\($0)" })
    let writing = try await textArray([
      """
      to_json(struct(*), map('timestampFormat', "yyyy-MM-dd'T'HH:mm:ss'Z'", 'timeZone', 'UTC', \
      'timestampNTZFormat', "yyyy-MM-dd'T'HH:mm:ss", 'ignoreNullFields', 'false'))
      """
    ])
    let renamed = try await object(result, "toDF", .reference(names))
    let written = try await object(renamed, "selectExpr", .reference(writing))
    let limited = try await object(written, "limit", .int(rowsMax))
    let encoder = try await callStatic("org.apache.spark.sql.Encoders", "STRING")
    let texts = try await object(limited, "as", encoder)
    let list = try await object(texts, "collectAsList")
    let objects = try await join(list, separator: ",")
    do {
      return try JSONRows.arrays(from: objects, columns: columns)
    } catch {
      throw Py4JError(.unexpectedValue, error.message)
    }
  }
}
