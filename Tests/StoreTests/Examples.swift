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
    record.reason = "line one\nline \"two\" 'é' 🦆"
    record.applicationID = "application_1_2"
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
