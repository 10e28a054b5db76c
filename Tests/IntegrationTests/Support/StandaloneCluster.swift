// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Transport

/// A master and one worker of Spark's own, as processes on loopback. They carry the folder's mark,
/// so that they end with the processes of the server, also when the test fails.
struct StandaloneCluster {
  /// `spark://127.0.0.1:PORT`
  let master: String

  /// Ports are the kernel's choice; the master tells its own in its log.
  static func start(in folder: ServerFolder, on loop: EventLoop) async throws -> StandaloneCluster {
    let log = folder.path + "/master.log"
    try await start(
      "master.Master", ["--port", "0"], log: log, in: folder, on: loop)
    let url = Locked("")
    let isUp = await eventually(within: .seconds(120)) {
      let text = folder.text(of: log)
      guard let found = text.firstMatch(of: /Starting Spark master at (spark:\S+)/) else {
        return false
      }
      url.withLock { $0 = String(found.1) }
      return true
    }
    try #require(isUp, "the master did not start:\n\(folder.text(of: log))")
    let cluster = StandaloneCluster(master: url.withLock { $0 })
    let workerLog = folder.path + "/worker.log"
    try await start(
      "worker.Worker",
      ["--cores", "2", "--memory", "1g", "--work-dir", folder.path + "/worker", cluster.master],
      log: workerLog, in: folder, on: loop)
    let isJoined = await eventually(within: .seconds(120)) {
      folder.text(of: workerLog).contains("Successfully registered with master")
    }
    try #require(isJoined, "the worker did not start:\n\(folder.text(of: workerLog))")
    return cluster
  }

  private static func start(
    _ role: String, _ arguments: [String], log: String, in folder: ServerFolder, on loop: EventLoop
  ) async throws {
    let home = try Surroundings.value("SPARK_HOME")
    var options = ChildProcessOptions(
      executable: home + "/bin/spark-class",
      arguments: ["org.apache.spark.deploy.\(role)", "--host", "127.0.0.1", "--webui-port", "0"]
        + arguments)
    var variables = Surroundings.forPrograms
    variables["SPARK_LOCAL_IP"] = "127.0.0.1"
    let mark = folder.mark.split(separator: "=").map(String.init)
    variables[mark[0]] = mark[1]
    options.environment = .exactly(variables)
    options.workingDirectory = folder.path
    options.descriptors = [.null, .file(log, .append), .file(log, .append)]
    _ = try await ChildProcess.spawn(options, on: loop)
  }
}
