// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyPy4J
internal import Transport

/// Asks Spark's status tracker how far a statement's jobs are, on a connection of its own: the
/// interpreter's is busy.
actor ProgressMeter {
  private nonisolated let loop: any Loop
  private let application: SparkApplication
  private let jobsMax: Int
  private var line: Line?
  private var statement: StatementID?
  private var progress = JobProgress()

  private struct Line {
    var connection: GatewayConnection
    /// `org.apache.spark.api.java.JavaSparkStatusTracker`: its answers are Java's, not Scala's.
    var tracker: JavaReference
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ application: SparkApplication, jobsMax: Int) {
    self.application = application
    self.jobsMax = jobsMax
    loop = application.gateway.loop
  }

  /// The fraction of a statement, when it changed since the last look. Progress is a courtesy: when
  /// Spark cannot be asked there is none, and the next look tries anew.
  func look(at statement: StatementID) async -> Double? {
    if self.statement != statement {
      self.statement = statement
      progress = JobProgress()
    }
    do {
      let line = try await connected()
      try await measure(statement, on: line)
      return progress.news()
    } catch {
      await close()
      return nil
    }
  }

  func close() async {
    await line?.connection.close()
    line = nil
  }

  private func connected() async throws(Py4JError) -> Line {
    if let line { return line }
    let connection = try await application.gateway.open()
    let tracker = try await connection.scope { (java) throws(Py4JError) in
      let context = try await java.callStatic(
        "org.apache.spark.api.java.JavaSparkContext", "fromSparkContext",
        .reference(application.context))
      return java.keep(try await java.object(context.asReference(), "statusTracker"))
    }
    let new = Line(connection: connection, tracker: tracker)
    line = new
    return new
  }

  /// Looks at job after job; stops between two when the task is cancelled, so that a result never
  /// waits for it.
  private func measure(_ statement: StatementID, on line: Line) async throws(Py4JError) {
    let group = statement.description
    let jobs = try await line.connection.scope { (java) throws(Py4JError) in
      let ids = try await java.object(line.tracker, "getJobIdsForGroup", .text(group))
      return try await java.integers(in: ids)
    }
    for job in progress.open(of: jobs, max: jobsMax) where !Task.isCancelled {
      let look = try await line.connection.scope { (java) throws(Py4JError) in
        try await java.look(at: job, through: line.tracker)
      }
      guard let look else { continue }
      progress.record(job, look.stages, isOver: look.isOver)
    }
  }
}

extension JavaScope {
  fileprivate func look(
    at job: Int32, through tracker: JavaReference
  ) async throws(Py4JError) -> (stages: [JobProgress.Tasks], isOver: Bool)? {
    guard case .reference(let info) = try await call(tracker, "getJobInfo", .int(job)) else {
      return nil  // Spark forgot it: it keeps a limited number of jobs.
    }
    let status = try await object(info, "status")
    let word = try await call(status, "name").asText()
    var stages: [JobProgress.Tasks] = []
    for stage in try await integers(in: object(info, "stageIds")) {
      guard case .reference(let info) = try await call(tracker, "getStageInfo", .int(stage)) else {
        continue
      }
      stages.append(
        JobProgress.Tasks(
          completed: try await call(info, "numCompletedTasks").asInteger(),
          all: try await call(info, "numTasks").asInteger()))
    }
    return (stages, word == "SUCCEEDED" || word == "FAILED")
  }

  /// An `int[]` in one round trip: `[1, 2]` as Java prints it.
  fileprivate func integers(in array: JavaReference) async throws(Py4JError) -> [Int32] {
    let text = try await callStatic("java.util.Arrays", "toString", .reference(array)).asText()
    return text.split { !$0.isNumber && $0 != "-" }.compactMap { Int32($0) }
  }
}
