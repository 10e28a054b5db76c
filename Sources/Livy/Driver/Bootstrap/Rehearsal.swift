// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
package import LivyPy4J

/// A session without a server: does once what sessions do, so that the JVM has loaded the classes
/// that they need by the time it ends.
///
/// A kind whose interpreter is not there, such as Python, is passed over: the JVM has loaded what it
/// could.
package struct Rehearsal: Sendable {
  private let gateway: Gateway
  private let interpreters: InterpreterFactory
  private let limit: Duration

  /// - Parameter limit: for all of it; a JVM that outlives its server must not stay for ever.
  package init(
    through gateway: Gateway, interpreters: @escaping InterpreterFactory, limit: Duration
  ) {
    self.gateway = gateway
    self.interpreters = interpreters
    self.limit = limit
  }

  /// In order: what most sessions do comes first.
  static let statements: [(kind: StatementKind, code: String)] = [
    (
      .sql,
      """
      SELECT k, count(*) AS n, sum(id) AS s FROM (SELECT id, id % 3 AS k FROM range(100)) GROUP BY k ORDER BY k
      """
    ),
    (
      .pyspark,
      """
      sc.parallelize(range(4), 2).map(lambda x: x + 1).sum()
      frame = spark.createDataFrame([(1, 'a'), (2, 'b')], ['n', 't'])
      frame.createOrReplaceTempView('rehearsed')
      frame.filter('n > 1').groupBy('t').count().collect()
      frame.show()
      """
    ),
    (.sql, "SELECT t, n FROM rehearsed"),
    (.spark, "spark.range(10).map(_ + 1).collect().sum"),
  ]

  private enum Outcome {
    case played
    /// The session is over, well or not.
    case ended(Bool)
    case overdue
  }

  /// Returns whether all of it was done. The JVM ends after this process has.
  package func run() async -> Bool {
    let plan = SessionPlan(
      kind: .one(.sql), settings: DriverSettings(), interpreters: interpreters)
    let host = SessionHost(plan, gateway: gateway)
    return await withTaskGroup(of: Outcome.self) { group in
      group.addTask {
        do throws(StartFailure) {
          try await host.run()
          return .ended(true)
        } catch {
          return .ended(false)
        }
      }
      group.addTask {
        await play(on: host)
        return .played
      }
      group.addTask { [limit] in
        try? await Task.sleep(for: limit)
        return .overdue
      }
      defer { group.cancelAll() }
      for await outcome in group {
        switch outcome {
        case .played: continue  // It has asked the session to end.
        case .ended(let well): return well
        case .overdue: return false
        }
      }
      return false
    }
  }

  private func play(on host: SessionHost) async {
    do throws(LivyError) {
      _ = try await host.ping()
      for (number, statement) in Self.statements.enumerated() {
        try await host.execute(
          ExecuteRequest(
            statement: StatementID(UInt64(number)), kind: statement.kind, code: statement.code,
            epoch: 1))
      }
      await awaitEnd(of: StatementID(UInt64(Self.statements.count - 1)), on: host)
      try await host.endSession()
    } catch {
      // The session has ended, and `run` tells how.
    }
  }

  private func awaitEnd(of last: StatementID, on host: SessionHost) async {
    let (ends, told) = AsyncStream.makeStream(of: StatementID.self)
    let watch = Task {
      try? await host.watch(after: 0, epoch: 1) { event in
        if case .finished(let id, _, _) = event.what { told.yield(id) }
      }
      told.finish()
    }
    for await id in ends where id == last { break }
    watch.cancel()
  }
}
