// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

extension SessionRecord {
  static func example(_ number: Int32) -> SessionRecord {
    let digits = String(number, radix: 16)
    let text = String(repeating: "0", count: 32 - digits.count) + digits
    guard let uuid = SessionUUID(text) else { preconditionFailure("\(text) is no UUID") }
    return SessionRecord(
      id: SessionID(number), uuid: uuid, attempt: 1, request: SessionRequest(),
      state: .starting, createdMilliseconds: 1_700_000_000_000)
  }

  /// Every field has a value that is not its default.
  static func full(_ number: Int32) -> SessionRecord {
    var record = example(number)
    record.attempt = .max
    record.state = .dead
    record.reason = "line one\nline \"two\" 'é' 🦆 \u{0} end"
    record.applicationID = "application_1_2"
    record.epoch = UInt64(Int64.max)
    record.driverKey = DriverKey(digest: String(repeating: "0f", count: 32))
    record.channel = .connectBack
    record.driverAddress = DriverAddress(ip: "fe80::1", port: .max)
    record.phases = LaunchPhase.allCases.enumerated().map {
      PhaseTime(phase: $1, atMilliseconds: Int64($0))
    }
    record.sparkVersion = "3.5.8"
    record.sparkUIURL = "http://h:4040/\u{0}?a=\"b\""
    record.finishedMilliseconds = 1_700_000_000_001
    record.request.kind = .one(.sparkr)
    record.request.name = "a name's \"quotes\" \\ / %"
    record.request.owner = "alice"
    record.request.proxyUser = "bob"
    record.request.queue = "q"
    record.request.resources.driverMemory = "1g"
    record.request.resources.driverCores = 2
    record.request.resources.executorMemory = "2g"
    record.request.resources.executorCores = 3
    record.request.resources.executorCount = .max
    record.request.files.jars = ["hdfs:///a.jar", "file:/b c.jar"]
    record.request.files.pythonFiles = ["a.py"]
    record.request.files.files = ["f"]
    record.request.files.archives = ["z.zip#z"]
    record.request.conf = ["spark.a": "1", "k with \u{0}": "", "": "\n"]
    record.request.heartbeatTimeoutSeconds = -5
    record.request.ttl = "8h"
    record.request.idleTimeout = "10m"
    return record
  }
}

extension Statement {
  static func example(_ number: UInt64, code: String = "1 + 1") -> Statement {
    Statement(id: StatementID(number), code: code, kind: .pyspark)
  }

  /// Every field has a value that is not its default.
  static func full(_ number: UInt64, _ output: StatementOutput) -> Statement {
    var statement = Statement(
      id: StatementID(number), code: "'é' 🦆 \u{0} \u{2028} \\ end", kind: .sql)
    statement.state = .available
    statement.progress = 0.3
    statement.startedMilliseconds = 1_700_000_000_002
    statement.completedMilliseconds = .max
    statement.output = output
    return statement
  }
}

extension BatchRecord {
  static func batch(_ number: Int32) -> BatchRecord {
    BatchRecord(
      id: BatchID(number), tag: SessionRecord.example(number).uuid,
      request: BatchRequest(file: "file:/a.py"), state: .starting,
      createdMilliseconds: 1_700_000_000_000)
  }

  /// Every field has a value that is not its default.
  static func fullBatch(_ number: Int32) -> BatchRecord {
    var record = batch(number)
    record.state = .killed
    record.reason = "one\n\u{0}'two'"
    record.applicationID = "application_3_4"
    record.finishedMilliseconds = .max
    let model = SessionRecord.full(number).request
    record.request.className = "org.example.Main$"
    record.request.arguments = ["--a", "", "b c \u{0}", "🦆"]
    record.request.name = model.name
    record.request.owner = model.owner
    record.request.proxyUser = model.proxyUser
    record.request.queue = model.queue
    record.request.resources = model.resources
    record.request.files = model.files
    record.request.conf = model.conf
    return record
  }
}

/// A folder of a test's own, gone with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    let url = FileManager.default.temporaryDirectory.appending(path: "livy-\(UUID().uuidString)")
    path = url.path
    try? FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
