// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyPy4J
internal import TestSupport
internal import Testing
internal import Transport

/// A real spark-submit whose "driver" is a shell script that tells where the gateway is and lives
/// as long as the JVM.
struct SparkJVM: Sendable {
  static let home = ProcessInfo.processInfo.environment["LIVY_TEST_SPARK_HOME"]
  /// The JVM of the suite that the current test belongs to.
  @TaskLocal static var current: SparkJVM?

  let loop: EventLoop
  let gateway: Gateway
  private let port: UInt16
  private let secret: String
  private let folder: URL
  private let submit: Process

  private static let script = """
    #!/bin/sh
    umask 077
    echo "$PYSPARK_GATEWAY_PORT $PYSPARK_GATEWAY_SECRET" > "$2.part" && mv "$2.part" "$2"
    while kill -0 "$PPID" 2>/dev/null; do sleep 1; done
    """

  /// Runs `body` with a JVM of its own, which ends afterwards in any case.
  static func with(
    conf: [String] = [], _ body: @Sendable (SparkJVM) async throws -> Void
  ) async throws {
    let jvm = try await start(sparkHome: try #require(home), conf: conf)
    do {
      try await body(jvm)
      await jvm.end()
    } catch {
      await jvm.end()
      throw error
    }
  }

  private static func start(sparkHome: String, conf: [String]) async throws -> SparkJVM {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "livy-spark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let driver = folder.appending(path: "driver.sh")
    let address = folder.appending(path: "gateway")
    let log = folder.appending(path: "log")
    try script.write(to: driver, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: driver.path)
    try Data().write(to: log)
    try Data().write(to: folder.appending(path: "bootstrap.py"))

    let submit = Process()
    submit.executableURL = URL(filePath: sparkHome).appending(path: "bin/spark-submit")
    submit.arguments =
      conf.flatMap { ["--conf", $0] } + [
        "--master", "local[2]", "--conf", "spark.ui.port=0",
        "--conf", "spark.sql.session.timeZone=America/New_York",
        "--conf", "spark.sql.warehouse.dir=\(folder.path)/warehouse",
        "--conf", "spark.pyspark.driver.python=\(driver.path)",
        folder.appending(path: "bootstrap.py").path, address.path,
      ]
    submit.currentDirectoryURL = folder
    submit.standardInput = FileHandle.nullDevice
    submit.standardOutput = try FileHandle(forWritingTo: log)
    submit.standardError = submit.standardOutput
    try submit.run()
    do {
      let line = try await firstLine(of: address, while: submit, log: log)
      return try SparkJVM(line, folder: folder, submit: submit)
    } catch {
      submit.terminate()
      throw error
    }
  }

  private init(_ line: String, folder: URL, submit: Process) throws {
    let words = line.split(whereSeparator: \.isWhitespace)
    port = try #require(words.first.flatMap { UInt16($0) })
    secret = try #require(words.last.map { String($0) })
    loop = try EventLoop.start(name: "spark")
    gateway = Gateway(port: port, secret: secret, on: loop)
    self.folder = folder
    self.submit = submit
  }

  private static func firstLine(
    of file: URL, while submit: Process, log: URL
  ) async throws -> String {
    _ = await eventually(within: .seconds(120)) {
      !submit.isRunning || FileManager.default.fileExists(atPath: file.path)
    }
    guard let line = try? String(contentsOf: file, encoding: .utf8) else {
      let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      throw Py4JError(.refused, "spark-submit gave no gateway: \(said.suffix(2_000))")
    }
    return line
  }

  func gateway(withSecret secret: String) -> Gateway {
    Gateway(port: port, secret: secret, on: loop)
  }

  /// What Spark puts into the environment of a driver in place of Python.
  func pythonEnvironment() throws -> [String: String] {
    let ours = ProcessInfo.processInfo.environment
    let home = try #require(Self.home)
    let libraries = try FileManager.default.contentsOfDirectory(atPath: home + "/python/lib")
      .filter { $0.hasSuffix(".zip") }.map { "\(home)/python/lib/\($0)" }
    return [
      "PATH": ours["PATH"] ?? "/usr/bin:/bin", "SPARK_HOME": home, "PYTHONHASHSEED": "0",
      "PYTHONPATH": libraries.joined(separator: ":"),
      "PYSPARK_PYTHON": ours["PYSPARK_PYTHON"] ?? "",
      "PYSPARK_GATEWAY_PORT": String(port), "PYSPARK_GATEWAY_SECRET": secret,
    ].filter { !$0.value.isEmpty }
  }

  /// Kills the JVM, as a failing machine would.
  func kill() {
    submit.terminate()
  }

  func end() async {
    kill()
    _ = await eventually { !submit.isRunning }
    await loop.stop()
    try? FileManager.default.removeItem(at: folder)
  }
}

/// Gives a suite one JVM for all its tests.
struct RealSpark: SuiteTrait, TestScoping {
  let isRecursive = false

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    guard SparkJVM.home != nil else { return }
    try await SparkJVM.with { jvm in
      try await SparkJVM.$current.withValue(jvm) { try await function() }
    }
  }
}

extension Trait where Self == RealSpark {
  static var realSpark: Self { RealSpark() }
}

extension Tag {
  /// Needs a Spark in `LIVY_TEST_SPARK_HOME`.
  @Tag static var spark: Self
}
