// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import LivyDriver
import LivyPy4J
import TestSupport
import Testing
import Transport

@Suite(
  "Jobs with a real Spark", .enabled(if: SparkJVM.home != nil), .tags(.spark), .serialized)
struct JobSparkTests {
  /// A whole session host over a JVM of its own, that runs Python jobs.
  private func withSession(
    _ body: @escaping @Sendable (SessionHost, JobPickles) async throws -> Void
  ) async throws {
    try await SparkJVM.with { jvm in
      let options = PythonOptions(environment: try jvm.pythonEnvironment())
      var settings = DriverSettings()
      settings.cancelInterval = .milliseconds(50)
      var plan = SessionPlan(kind: .one(.pyspark), settings: settings) { kind, application in
        guard kind == .pyspark else { return nil }
        return PythonInterpreter(options, files: application.pythonFiles, on: jvm.loop)
      }
      plan.jobs = { PythonJobRunner(options, files: $0.pythonFiles, on: jvm.loop) }
      let host = SessionHost(plan, gateway: jvm.gateway)
      // Before anything is there: jobs wait.
      let pickles = JobPickles(environment: options.environment, python: options.executable)
      try await host.submit(
        pickles.job(1, "return context.sc.parallelize(range(10), 2).sum()"), epoch: 1)
      #expect(try await host.status(of: JobNumber(1)) == .queued)
      let running = Task { try await host.run() }
      var problem: (any Error)?
      do { try await body(host, pickles) } catch { problem = error }
      try await host.endSession()
      _ = await running.result
      if let problem { throw problem }
    }
  }

  private func finished(_ host: SessionHost, _ number: UInt64) async throws -> JobReport {
    let isOver = await eventually(within: .seconds(120)) {
      (try? await host.status(of: JobNumber(number)))??.isFinished == true
    }
    let report = try await host.status(of: JobNumber(number))
    #expect(isOver, "job \(number): \(String(describing: report))")
    return try #require(report)
  }

  @Test("A job sent before there is a Spark session waits for it; then contexts, files, cancels")
  func jobs() async throws {
    try await withSession { host, pickles in
      #expect(try pickles.value(of: try await finished(host, 1)) == "45")
      try await contexts(host, pickles)
      try await files(host, pickles)
      try await cancels(host, pickles)
    }
  }

  private func contexts(_ host: SessionHost, _ pickles: JobPickles) async throws {
    let program = """
      context.set_shared_object('seen', 41)
      with open(context.local_tmp_dir_path + '/x', 'w') as file:
        file.write('y')
      rows = context.spark_session.range(5).count() + context.sql_ctx.sql('select 2').collect()[0][0]
      try:
        context.streaming_ctx
      except NotImplementedError as error:
        return rows, context.sc is context.spark_session.sparkContext, str(error)
      """
    let report = try await host.run(pickles.job(2, program), epoch: 1)
    #expect(
      try pickles.value(of: report)
        == "(7, True, 'this server has no streaming context; use structured streaming')")
    let shared = try await host.run(
      pickles.job(3, "return context.get_shared_object('seen') + 1"), epoch: 1)
    #expect(try pickles.value(of: shared) == "42")
    let raising = try await host.run(pickles.job(4, "return 'a' + 1"), epoch: 1)
    guard case .failed(let reason) = raising else {
      Issue.record("\(raising)")
      return
    }
    #expect(reason.hasPrefix("Client job error:Traceback"))
    #expect(reason.contains("TypeError"))
    let large = try await host.run(pickles.job(5, "return b'x' * (33 << 20)"), epoch: 1)
    guard case .failed(let limit) = large else {
      Issue.record("a result above the limit was returned")
      return
    }
    #expect(limit.contains("\(32 << 20) at most"))
    let long = try await host.run(pickles.job(6, "return len(b'x' * (31 << 20))"), epoch: 1)
    #expect(try pickles.value(of: long) == "\(31 << 20)")
  }

  private func files(_ host: SessionHost, _ pickles: JobPickles) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "livy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let module = folder.appending(path: "added_module.py")
    try Data("def answer(n):\n  return n + 40\n".utf8).write(to: module)
    try await host.add(.pythonFile(module.path), epoch: 1)
    let program = """
      import added_module
      return added_module.answer(2), context.sc.parallelize([1, 2], 2).map(
        lambda n: __import__('added_module').answer(n)).collect()
      """
    let report = try await host.run(pickles.job(10, program), epoch: 1)
    #expect(try pickles.value(of: report) == "(42, [41, 42])")
    let missing = await #expect(throws: LivyError.self) {
      try await host.add(.file("file:///nowhere/at/all.txt"), epoch: 1)
    }
    #expect(missing?.code == .driverRefused)
    #expect(missing?.message.contains("/nowhere/at/all.txt") == true)
  }

  private func cancels(_ host: SessionHost, _ pickles: JobPickles) async throws {
    let long =
      "return context.sc.parallelize(range(4), 4).map(lambda n: __import__('time').sleep(600)).count()"
    try await host.submit(pickles.job(20, long), epoch: 1)
    try await host.submit(pickles.job(21, "return 21"), epoch: 1)
    try await host.submit(pickles.job(22, "import time; time.sleep(600)"), epoch: 1)
    try await host.submit(pickles.job(23, "return 23"), epoch: 1)
    #expect(
      await eventually { (try? await host.status(of: JobNumber(20))) == .started })
    // Beside the queue, meanwhile.
    let beside = try await host.run(pickles.job(24, "return 24"), epoch: 1)
    #expect(try pickles.value(of: beside) == "24")
    try await host.cancel(JobNumber(21), epoch: 1)
    try await host.cancel(JobNumber(20), epoch: 1)
    #expect(await eventually { (try? await host.status(of: JobNumber(22))) == .started })
    try await host.cancel(JobNumber(22), epoch: 1)
    #expect(try pickles.value(of: try await finished(host, 23)) == "23")
    for number in [20, 21, 22] as [UInt64] {
      #expect(try await finished(host, number) == .cancelled)
    }
  }
}

/// Pickles functions and reads results, with the Python that the session has.
struct JobPickles: Sendable {
  let environment: [String: String]
  let python: String

  /// A function with these lines as its body.
  func job(_ number: UInt64, _ body: String) throws -> Job {
    let lines = body.split(separator: "\n").map { "  \($0)\n" }.joined()
    let program = """
      import sys
      from pyspark import cloudpickle
      names = {'__name__': '__main__'}
      exec(sys.stdin.read(), names)
      sys.stdout.buffer.write(cloudpickle.dumps(names['job']))
      """
    let pickle = try run(program, Data("def job(context):\n\(lines)".utf8))
    return Job(number: JobNumber(number), kind: .pyspark, program: Array(pickle))
  }

  /// The `repr` of a job's result.
  func value(of report: JobReport) throws -> String {
    guard case .succeeded(let bytes) = report else {
      Issue.record("\(report)")
      return ""
    }
    let program = "import sys, pickle; print(repr(pickle.load(sys.stdin.buffer)), end='')"
    return String(decoding: try run(program, Data(bytes)), as: UTF8.self)
  }

  private func run(_ program: String, _ input: Data) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, "-c", program]
    process.environment = environment
    let (standardInput, output) = (Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = output
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: input)
    try standardInput.fileHandleForWriting.close()
    let result = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return result
  }
}
