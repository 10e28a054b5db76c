// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import LivyLaunch
import TestSupport
import Testing
import Transport

private let sparkHome = ProcessInfo.processInfo.environment["LIVY_TEST_SPARK_HOME"]

@Suite("Launching a real Spark", .enabled(if: sparkHome != nil))
struct RealSparkLaunchTests {
  /// Stands in for livy-driver: attaches to the gateway, prints Spark's conf, and stays.
  private static let driver = """
    #!/bin/sh
    (setsid sleep 600 &)
    exec "${PYSPARK_PYTHON:-python3}" - "$@" <<'END'
    import json, sys, time
    from pyspark.java_gateway import launch_gateway
    jvm = launch_gateway().jvm
    session = jvm.org.apache.spark.sql.SparkSession.builder().getOrCreate()
    conf = session.sparkContext().getConf()
    print("CONF " + json.dumps({e._1(): e._2() for e in conf.getAll()}), flush=True)
    print("LAUNCH " + open(sys.argv[2]).read(), flush=True)
    time.sleep(600)
    END
    """

  @Test("Every field and odd value of a request is read in Spark's conf; killing leaves no process")
  func conf() async throws {
    let folder = try TemporaryFolder()
    let loop = try EventLoop.start(name: "launch")
    try folder.write(Self.driver, to: "livy-driver", mode: 0o755)
    for name in ["a.jar", "b.jar", "p.py", "f.txt", "z.zip"] {
      // An empty zip archive.
      try folder.write("PK\u{5}\u{6}" + String(repeating: "\0", count: 18), to: name)
    }
    try folder.write(
      "spark.admin.only   yes\nspark.both=admin\nspark.master=yarn\n",
      to: "conf/spark-defaults.conf")
    var settings = LaunchSettings(
      sparkHome: try #require(sparkHome), driverExecutable: folder.path("livy-driver"),
      stateFolder: folder.path("state"), environment: ProcessInfo.processInfo.environment)
    settings.sparkConfFolder = folder.path("conf")
    settings.master = "local[1]"
    settings.limits.terminationGrace = .seconds(1)

    let (request, expected) = Self.request(in: folder)
    var generator = SystemRandomNumberGenerator()
    let order = LaunchOrder(
      tag: SessionUUID(using: &generator), attempt: 1,
      program: .session(SessionID(5), request, launchFile: Array("token".utf8)))
    let application = try await LocalLauncher(settings, on: loop).launch(order)
    let isUp = await eventually(within: .seconds(180)) {
      await application.log(linesMax: 500).standardOutput.contains { $0.hasPrefix("LAUNCH ") }
    }
    let log = await application.log(linesMax: 500)
    await application.kill()
    var processes = TaggedProcesses(of: order.tag)
    #expect(processes.find().isEmpty)
    await loop.stop()

    try #require(isUp, "\(log)")
    #expect(log.standardOutput.contains("LAUNCH token"))
    let line = try #require(log.standardOutput.first { $0.hasPrefix("CONF ") })
    let values = try JSONDecoder().decode([String: String].self, from: Data(line.dropFirst(5).utf8))
    for (key, value) in expected {
      #expect(values[key] == value, "\(key)")
    }
    // Spark adds the primary resource behind the files of the request.
    #expect(values["spark.files"]?.hasPrefix("file://\(folder.path("f.txt"))") == true)
    #expect(!values.values.contains { $0.contains("token") })
  }

  private static func request(
    in folder: TemporaryFolder
  ) -> (SessionRequest, expected: [String: String]) {
    var request = SessionRequest()
    request.name = "it's \"me\" é"
    request.queue = "fast lane"
    request.resources.driverMemory = "700m"
    request.resources.driverCores = 1
    request.resources.executorMemory = "600m"
    request.resources.executorCores = 2
    request.resources.executorCount = 3
    request.files.jars = ["file://" + folder.path("a.jar")]
    request.files.pythonFiles = ["file://" + folder.path("p.py")]
    request.files.files = ["file://" + folder.path("f.txt")]
    request.files.archives = ["file://" + folder.path("z.zip")]
    let odd = [
      "spark.odd.lines": "a\nb\\n", "spark.odd.backslash": "C:\\x\\", "spark.odd.equals": "=a:b",
      "spark.odd.unicode": "é☃😀", "spark.odd.quotes": "-Dx=\"1 2\" '3'", "spark.odd.hash": "#!",
    ]
    request.conf = odd.merging(
      ["spark.both": "request", "spark.jars": "file://" + folder.path("b.jar")]) { $1 }
    let expected = odd.merging([
      "spark.app.name": "it's \"me\" é", "spark.yarn.queue": "fast lane",
      "spark.driver.memory": "700m", "spark.driver.cores": "1", "spark.executor.memory": "600m",
      "spark.executor.cores": "2", "spark.executor.instances": "3",
      "spark.admin.only": "yes", "spark.both": "request", "spark.master": "local[1]",
      "spark.submit.deployMode": "client",
      "spark.jars": "file://\(folder.path("a.jar")),file://\(folder.path("b.jar"))",
      // Spark resolves it to a path before the driver runs.
      "spark.submit.pyFiles": folder.path("p.py"),
      "spark.archives": "file://" + folder.path("z.zip"),
    ]) { $1 }
    return (request, expected)
  }
}
