// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder for one server, or for several that follow each other on the same state. Removed with
/// its last owner.
final class ServerFolder: Sendable {
  let path: String
  /// A variable in the environment of the server and so of all that it starts: the tests find
  /// processes by it, and not by the tag that the server looks for itself.
  let mark: String

  init() throws {
    let name = UUID().uuidString.lowercased()
    path = "/tmp/livy-test-\(name)"
    mark = "INTEGRATION_TEST=\(name)"
    for folder in ["", "/conf", "/state", "/files"] {
      try FileManager.default.createDirectory(
        atPath: path + folder, withIntermediateDirectories: true)
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  var conf: String { path + "/conf" }
  var state: String { path + "/state" }
  /// Where the tests put files that sessions name.
  var files: String { path + "/files" }
  var serverOutput: String { path + "/server.out" }
  var serverLog: String { path + "/server.log" }

  /// The folders of all sessions so far.
  var sessionFolders: [String] {
    let parent = state + "/sessions"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return names.map { "\(parent)/\($0)" }
  }

  func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  @discardableResult
  func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: URL(filePath: file).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }

  /// All processes that carry the mark: the server too.
  var processes: [RunningProcess] {
    RunningProcess.all.filter { $0.environment.contains(mark) }
  }

  /// For cleaning up only.
  func killAll() {
    for _ in 0..<100 {
      let left = processes
      guard !left.isEmpty else { return }
      for process in left { kill(process.pid, SIGKILL) }
      usleep(20_000)
    }
  }
}
