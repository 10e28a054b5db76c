// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing

extension Integration {
  @Suite("Jobs and files of a session")
  struct JobTests {
    @Test(
      "Jobs run, fail and are cancelled; files, jars and uploads are found",
      arguments: Channel.allCases)
    func jobs(channel: Channel) async throws {
      let folder = try ServerFolder()
      var settings = channel.setting
      settings["livy.file.local-dir-whitelist"] = folder.files
      try await ServerProcess.running(settings, in: folder) { server in
        let session = try await server.session()
        #expect(try await server.client.session(session.reference).state == .idle)
        try await Self.ends(session)
        try await Self.cancels(session)
        try await Self.additions(session)
        try await Self.uploads(session)
        try await server.client.deleteSession(session.reference)
        await server.expectNoSessionProcess()
        #expect(
          folder.sessionFolders.allSatisfy {
            !FileManager.default.fileExists(atPath: $0 + "/uploads")
          })
      }
    }

    private static func ends(_ session: LiveSession) async throws {
      let sum = "return context.sc.parallelize(range(101), 4).map(lambda n: n * 2).sum()"
      let sent = try await session.submit(sum)
      #expect(sent == JobStatus(id: 1, state: .sent))
      #expect(try await session.value(of: 1) == "10100")
      let beside = try await session.client.start(
        SerializedJob(program: session.pickle("return context.spark_session.range(7).count()")),
        in: session.reference)
      #expect(beside == JobStatus(id: 2, state: .sent))
      #expect(try await session.value(of: 2) == "7")
      _ = try await session.submit("raise ValueError('é is wrong')")
      let failed = try await session.client.finishedJob(3, of: session.reference)
      #expect(failed.state == .failed)
      #expect(failed.result == nil)
      #expect(failed.error?.hasPrefix("Client job error:Traceback") == true)
      #expect(failed.error?.contains("ValueError: é is wrong") == true)
      let unknown = await #expect(throws: ClientError.self) {
        try await session.client.job(99, of: session.reference)
      }
      #expect(unknown?.message == "java.util.NoSuchElementException: key not found: 99")
    }

    private static func cancels(_ session: LiveSession) async throws {
      let long = try await session.submit(
        """
        import time
        return context.sc.parallelize(range(2), 2).map(lambda n: time.sleep(600)).count()
        """)
      let waiting = try await session.submit("return 'never'")
      let next = try await session.submit("return 'next'")
      let client = session.client
      let reference = session.reference
      #expect(
        await eventually { (try? await client.job(long.id, of: reference))?.state == .started })
      #expect(try await client.job(waiting.id, of: reference).state == .queued)
      // Statements run meanwhile, on a session that is not busy.
      #expect(try await client.session(reference).state == .idle)
      #expect(try await session.text("40 + 2") == "42")
      try await client.cancelJob(waiting.id, of: reference)
      #expect(try await client.job(waiting.id, of: reference).state == .cancelled)
      try await client.cancelJob(long.id, of: reference)
      #expect(try await session.value(of: next.id) == "'next'")
      #expect(try await client.job(long.id, of: reference).state == .cancelled)
      #expect(try await client.job(waiting.id, of: reference).state == .cancelled)
    }

    private static func additions(_ session: LiveSession) async throws {
      let folder = session.server.folder
      let file = try folder.write("hello from a file", to: "files/added.txt")
      let module = try folder.write("def twice(n):\n  return 2 * n\n", to: "files/added_module.py")
      let jar = try folder.write("PK", to: "files/added.jar")
      let client = session.client
      try await client.add(.file, uri: "file://\(file)", to: session.reference)
      try await client.add(.pythonFile, uri: "file://\(module)", to: session.reference)
      try await client.add(.jar, uri: "file://\(jar)", to: session.reference)
      let read = "from pyspark import SparkFiles\nopen(SparkFiles.get('added.txt')).read()"
      #expect(try await session.text(read) == "'hello from a file'")
      let onExecutors = """
        import added_module
        (added_module.twice(4), sc.parallelize([1, 2, 3], 2).map(added_module.twice).collect())
        """
      #expect(try await session.text(onExecutors) == "(8, [2, 4, 6])")
      let job = try await session.submit("import added_module\nreturn added_module.twice(21)")
      #expect(try await session.value(of: job.id) == "42")
      #expect(try await session.text("'added.jar' in str(sc._jsc.sc().listJars())") == "True")
      let secret = await #expect(throws: ClientError.self) {
        try await client.add(.file, uri: "file:///etc/passwd", to: session.reference)
      }
      #expect(secret?.status == 400)
      let missing = await #expect(throws: ClientError.self) {
        try await client.add(.file, uri: "file://\(folder.files)/none", to: session.reference)
      }
      #expect(missing?.message.contains("/none") == true)
    }

    private static func uploads(_ session: LiveSession) async throws {
      let client = session.client
      let content = Array("hello from an upload, ".utf8) + Array(repeating: 0x78, count: 300_000)
      try await client.upload(.file, content, named: "up loaded.txt", to: session.reference)
      try await client.upload(
        .pythonFile, Array("answer = 42\n".utf8), named: "uploaded_module.py",
        to: session.reference)
      try await client.upload(.jar, Array("PK".utf8), named: "uploaded.jar", to: session.reference)
      let read = "text = open(SparkFiles.get('up loaded.txt')).read()\ntext[:21], len(text)"
      #expect(try await session.text(read) == "('hello from an upload,', \(content.count))")
      #expect(try await session.text("import uploaded_module\nuploaded_module.answer") == "42")
      let job = try await session.submit(
        """
        return context.sc.parallelize([1], 1).map(
          lambda n: __import__('uploaded_module').answer + n).collect()
        """)
      #expect(try await session.value(of: job.id) == "[43]")
      #expect(try await session.text("'uploaded.jar' in str(sc._jsc.sc().listJars())") == "True")
    }
  }
}

extension LiveSession {
  /// Submits a function of `context` with these lines as its body.
  fileprivate func submit(_ body: String) async throws -> JobStatus {
    try await client.submit(SerializedJob(program: pickle(body)), in: reference)
  }

  /// The `repr` of what a job returned; fails the test if it did not.
  fileprivate func value(
    of job: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let status = try await client.finishedJob(job, of: reference)
    let bytes = try #require(status.pickledResult, "\(status)", sourceLocation: sourceLocation)
    let program = "import sys, pickle; print(repr(pickle.load(sys.stdin.buffer)), end='')"
    return String(decoding: try Self.python(program, Data(bytes)), as: UTF8.self)
  }

  fileprivate func pickle(_ body: String) throws -> [UInt8] {
    let lines = body.split(separator: "\n").map { "  \($0)\n" }.joined()
    let program = """
      import sys
      from pyspark import cloudpickle
      names = {'__name__': '__main__'}
      exec(sys.stdin.read(), names)
      sys.stdout.buffer.write(cloudpickle.dumps(names['job']))
      """
    return Array(try Self.python(program, Data("def job(context):\n\(lines)".utf8)))
  }

  /// Runs a small program with the Python and the PySpark that sessions have.
  private static func python(_ program: String, _ input: Data) throws -> Data {
    let home = try Surroundings.value("SPARK_HOME")
    let libraries = try FileManager.default.contentsOfDirectory(atPath: home + "/python/lib")
      .filter { $0.hasSuffix(".zip") }.map { "\(home)/python/lib/\($0)" }
    let process = Process()
    process.executableURL = URL(filePath: try Surroundings.value("PYSPARK_PYTHON"))
    process.arguments = ["-c", program]
    process.environment = ["PYTHONPATH": libraries.joined(separator: ":"), "PYTHONUTF8": "1"]
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
