// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("Cancelling statements")
  struct CancelTests {
    @Test(
      "Waiting, running in Spark, in plain Python and in SQL: each ends cancelled, and the next runs",
      arguments: Channel.allCases)
    func cancel(channel: Channel) async throws {
      try await ServerProcess.running(channel.setting) { server in
        let session = try await server.session()
        try await Self.waitingAndSparkJob(session)
        try await Self.plainPython(session)
        try await Self.sqlJob(session)
        try await Self.sqlWithoutJob(session)
        try await Self.progress(session)
        try await Self.listing(session)
        try await Self.quiet(server, session)
      }
    }

    private static let longJob = """
      import time
      sc.parallelize(range(1000), 200).map(lambda n: time.sleep(1) or n).count()
      """

    /// The one that waits is cancelled while the job runs, and then the job.
    private static func waitingAndSparkJob(_ session: LiveSession) async throws {
      let file = session.server.folder.files + "/never"
      let job = try await session.client.submit(longJob, in: session.reference)
      let waiting = try await session.client.submit(
        "open('\(file)', 'w').close()", in: session.reference)
      try await session.shows(job, "its job has begun") { $0.state == .running }
      try await session.jobRuns()
      try await session.client.cancel(statement: waiting.id, of: session.reference)
      let cancelled = try await session.now(waiting)
      #expect(cancelled.state == .cancelled)
      #expect(cancelled.output == nil)
      #expect(cancelled.started == 0)
      #expect(cancelled.progress == 1)
      #expect(try await session.now(job).state == .running)

      try await session.cancelRunning(job)
      #expect(try await session.client.session(session.reference).state == .idle)
      #expect(try await session.text("sc.parallelize(range(8), 4).sum()") == "28")
      #expect(!FileManager.default.fileExists(atPath: file))
      // None of its tasks goes on.
      let busy = await TestSupport.eventually {
        (try? await session.text("sc.statusTracker().getActiveJobsIds()")) == "[]"
      }
      #expect(busy)
    }

    private static func plainPython(_ session: LiveSession) async throws {
      let sleeping = try await session.client.submit(
        "import time; kept = 1; time.sleep(600)", in: session.reference)
      try await session.shows(sleeping, "it runs") { $0.state == .running }
      let ended = try await session.cancelRunning(sleeping)
      guard case .error(_, let error)? = ended.output else { throw Surprise("\(ended)") }
      #expect(error.name == "KeyboardInterrupt")
      #expect(try await session.text("kept + 1") == "2")
    }

    private static func sqlJob(_ session: LiveSession) async throws {
      let long = try await session.client.submit(
        "SELECT count(*) FROM range(100000000) a CROSS JOIN range(100000000) b WHERE a.id + b.id < 0",
        kind: "sql", in: session.reference)
      try await session.shows(long, "it runs") { $0.state == .running }
      try await session.cancelRunning(long)
      #expect(try await session.rows("SELECT 1 AS one").contains("[[1]]"))
    }

    /// The optimizer of Spark's works it out in the statement's own thread: there is no job to end.
    private static func sqlWithoutJob(_ session: LiveSession) async throws {
      let planning = try await session.client.submit(
        "SELECT java_method('java.lang.Thread', 'sleep', 600000L) FROM VALUES (1)", kind: "sql",
        in: session.reference)
      try await session.shows(planning, "it runs") { $0.state == .running }
      try await session.cancelRunning(planning)
      for _ in 0..<3 { #expect(try await session.rows("SELECT 2 AS two").contains("[[2]]")) }
    }

    private static func progress(_ session: LiveSession) async throws {
      let code = "sc.parallelize(range(20), 20).map(lambda n: time.sleep(0.3) or n).sum()"
      let seen = Fractions()
      let statement = try await session.client.run(code, in: session.reference) {
        await seen.add($0)
      }
      #expect(statement.state == .available)
      #expect(statement.progress == 1)
      let all = await seen.all
      let between = all.filter { $0 > 0 && $0 < 1 }
      #expect(!between.isEmpty, "\(all)")
      #expect(between == between.sorted())
    }

    private static func listing(_ session: LiveSession) async throws {
      let page = try await session.client.statements(of: session.reference)
      #expect(page.total == page.statements.count)
      #expect(page.statements.map(\.id) == Array(0..<page.total))
      #expect(page.statements.count { $0.state == .cancelled } == 5)
      #expect(page.statements.allSatisfy { [.available, .cancelled].contains($0.state) })
      #expect(page.statements.allSatisfy { $0.progress == 1 })
      let last = try #require(page.statements.last)
      // What is over stays as it is.
      try await session.client.cancel(statement: last.id, of: session.reference)
      try await session.client.cancel(statement: 9_999, of: session.reference)
      #expect(try await session.now(last) == last)
    }

    private static func quiet(_ server: ServerProcess, _ session: LiveSession) async throws {
      let log = server.folder.text(of: server.folder.serverLog)
      #expect(!log.contains("error") && !log.contains("warning"), "\(log)")
      #expect(try await session.client.session(session.reference).state == .idle)
    }

    @Test("Code that hears no interrupt is shown as cancelled, and the next waits for its end")
    func deaf() async throws {
      try await ServerProcess.running { server in
        var request = CreateSession(kind: "pyspark")
        request.conf["livy.rsc.job-cancel.timeout"] = "1s"
        let session = try await server.session(request)
        let mark = server.folder.files + "/go"
        let deaf = try await server.client.submit(
          """
          import os, signal, time
          old = signal.signal(signal.SIGINT, signal.SIG_IGN)
          while not os.path.exists('\(mark)'): time.sleep(0.05)
          _ = signal.signal(signal.SIGINT, old)
          """, in: session.reference)
        try await session.shows(deaf, "it runs") { $0.state == .running }
        let next = try await server.client.submit("1+1", in: session.reference)
        try await server.client.cancel(statement: deaf.id, of: session.reference)
        try await session.shows(deaf, "it is given up") { $0.state == .cancelled }
        #expect(try await session.now(deaf).output == nil)
        #expect(try await session.now(next).state == .waiting)
        #expect(try await server.client.session(session.reference).state == .busy)
        try Data().write(to: URL(filePath: mark))
        try await session.shows(next, "it runs after all") { $0.state == .available }
        #expect(try await session.now(deaf).state == .cancelled)
      }
    }

    @Test("Ctrl-C in livy run cancels the statement and leaves the session that it was told to use")
    func controlC() async throws {
      try await ServerProcess.running { server in
        let session = try await server.session()
        let mark = server.folder.files + "/runs"
        let code = "open('\(mark)', 'w').close(); import time; time.sleep(600)"
        let running = Task {
          try await Program.run(
            Surroundings.value("LIVY_TEST_SERVER"),
            ["run", "--session", String(session.id), code],
            environment: ["LIVY_URL": server.client.url], in: server.folder)
        }
        #expect(await eventually { FileManager.default.fileExists(atPath: mark) })
        let program = server.folder.processes.first { $0.commandLine.contains(code) }
        kill(try #require(program).pid, SIGINT)
        let ran = try await running.value
        #expect(ran.status == .exited(130), "\(ran.errors)")
        #expect(ran.errors.contains("cancelled"), "\(ran.errors)")
        let page = try await server.client.statements(of: session.reference)
        #expect(page.statements.map(\.state) == [.cancelled])
        #expect(try await session.text("1+1") == "2")

        let sleeping = try await server.client.submit("time.sleep(600)", in: session.reference)
        try await session.shows(sleeping, "it runs") { $0.state == .running }
        let cancel = try await Program.run(
          Surroundings.value("LIVY_TEST_SERVER"),
          ["session", "cancel", String(session.id), String(sleeping.id)],
          environment: ["LIVY_URL": server.client.url], in: server.folder)
        #expect(cancel.status == .exited(0), "\(cancel.errors)")
        #expect(cancel.errors.hasPrefix("statement \(sleeping.id) is cancell"), "\(cancel.errors)")
        try await session.shows(sleeping, "it is cancelled") { $0.state == .cancelled }
      }
    }
  }
}

extension LiveSession {
  func now(_ statement: Statement) async throws -> Statement {
    try await client.statement(statement.id, of: reference)
  }

  /// Waits until a statement is as it should be.
  func shows(
    _ statement: Statement, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: @Sendable (Statement) -> Bool
  ) async throws {
    let isSo = await TestSupport.eventually {
      (try? await now(statement)).map(condition) == true
    }
    let shown = try await now(statement)
    try #require(isSo, "\(what): \(shown)", sourceLocation: sourceLocation)
  }

  /// Cancels a statement that runs, and waits for its end.
  @discardableResult
  fileprivate func cancelRunning(
    _ statement: Statement, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Statement {
    try await client.cancel(statement: statement.id, of: reference)
    let state = try await now(statement).state
    #expect([.cancelling, .cancelled].contains(state), sourceLocation: sourceLocation)
    try await shows(statement, "it is cancelled", sourceLocation: sourceLocation) {
      $0.state == .cancelled
    }
    let ended = try await now(statement)
    #expect(ended.progress == 1, sourceLocation: sourceLocation)
    #expect(ended.completed >= ended.started, sourceLocation: sourceLocation)
    // Without one it was given up, and would still run.
    #expect(ended.output != nil, sourceLocation: sourceLocation)
    return ended
  }

  /// Waits until tasks of a job have ended, which progress tells.
  fileprivate func jobRuns() async throws {
    let moves = await TestSupport.eventually {
      let page = try? await client.statements(of: reference)
      return page?.statements.contains { $0.progress > 0 && $0.progress < 1 } == true
    }
    #expect(moves)
  }
}

/// Every progress that a wait has seen.
private actor Fractions {
  private(set) var all: [Double] = []

  func add(_ statement: Statement) { all.append(statement.progress) }
}
