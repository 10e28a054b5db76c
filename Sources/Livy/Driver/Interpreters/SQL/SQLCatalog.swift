// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import Transport

/// Looks up names in the live catalog of Spark, on a connection of its own: statements do not wait
/// for it, nor it for them. A look that takes too long is given up, and its connection with it.
actor SQLCatalog {
  private nonisolated let loop: any Loop
  private let application: SparkApplication
  private let limits: SQLLimits
  private var connection: GatewayConnection?
  private var isLooking = false
  private var isClosed = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ application: SparkApplication, limits: SQLLimits = SQLLimits()) {
    self.application = application
    self.limits = limits
    loop = application.gateway.loop
  }

  /// Nil when another look is under way, or this one failed.
  func candidates(of place: SQLPlace) async -> [String]? {
    guard !isLooking, !isClosed else { return nil }
    isLooking = true
    defer { isLooking = false }
    guard let connection = await opened() else { return nil }
    let timer = loop.schedule(after: limits.completionTimeout) {
      connection.assumeIsolated { $0.close() }
    }
    defer { timer.cancel() }
    do {
      return try await connection.scope { (java) throws(Py4JError) in
        let tables = try await java.tables(in: place.qualifier, of: application)
        let columns = try await java.columns(of: place, in: application, limits: limits)
        return SQLCandidates(place: place).among(
          tables: Array(tables.prefix(limits.tablesMax)), columns: columns)
      }
    } catch {
      // A connection that was given up, or an answer that was too long.
      await connection.close()
      self.connection = nil
      return nil
    }
  }

  func close() async {
    isClosed = true
    await connection?.close()
    connection = nil
  }

  private func opened() async -> GatewayConnection? {
    if let connection { return connection }
    let opened = try? await application.gateway.open()
    guard !isClosed else {
      await opened?.close()
      return nil
    }
    connection = opened
    return opened
  }
}

/// Limits of SQL's completion.
struct SQLLimits: Equatable, Sendable {
  /// A place is completed in so long, or with keywords alone.
  var completionTimeout: Duration = .seconds(2)
  /// Names of tables that are looked through.
  var tablesMax = 10_000
  /// Columns of one table that are looked through.
  var columnsMax: Int32 = 2_000
}

extension JavaScope {
  /// Names of the tables and views in a database; in the current one and of temporary views when
  /// none is named.
  fileprivate func tables(
    in database: String?, of application: SparkApplication
  ) async throws(Py4JError) -> [String] {
    let state = try await object(application.session, "sessionState")
    let catalog = try await object(state, "catalog")
    let current = try await call(catalog, "getCurrentDatabase").asText()
    let found: JavaReference
    do {
      found = try await object(catalog, "listTables", .text(database ?? current))
    } catch {
      guard error.code == .java else { throw error }
      return []  // What stands before the dot is no database.
    }
    // Each as `catalog`.`database`.`table`, or as `view`, with doubled backticks in the names.
    let text = try await call(found, "mkString", .text("\n")).asText()
    return text.split(separator: "\n").compactMap { identifier -> String? in
      let parts = identifier.dropFirst().dropLast().split(separator: "`.`")
      guard let name = parts.last.map(String.init), database == nil || parts.count > 1
      else { return nil }
      return name.replacing("``", with: "`")
    }
  }

  /// Of the tables that the query names: all of them, or the one before the dot.
  fileprivate func columns(
    of place: SQLPlace, in application: SparkApplication, limits: SQLLimits
  ) async throws(Py4JError) -> [String] {
    let wanted = place.tables.filter { table in
      guard let qualifier = place.qualifier?.lowercased() else { return true }
      return [table.alias.lowercased(), table.name.lowercased()].contains(qualifier)
    }
    var columns: [String] = []
    for table in wanted {
      do {
        let found = try await object(application.session, "table", .text(table.name))
        let names = try await object(found, "columns")
        // A round trip for each: Py4J passes no array where Java wants one of another type.
        for index in 0..<min(try await length(of: names), limits.columnsMax) {
          columns.append(try await element(index, of: names).asText())
        }
      } catch {
        guard error.code == .java else { throw error }  // There is no such table, or not yet.
      }
    }
    return columns
  }
}
