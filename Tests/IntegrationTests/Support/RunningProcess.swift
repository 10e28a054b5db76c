// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A process as /proc shows it. Those that have ended and wait for their parent have no
/// environment.
struct RunningProcess: Sendable, CustomStringConvertible {
  let pid: Int32
  /// Path of the program.
  let executable: String
  let commandLine: [String]
  let environment: [String]

  /// All of this user that can be read.
  static var all: [RunningProcess] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.compactMap { RunningProcess(pid: $0) }
  }

  /// Nil where there is none, or it is not ours.
  init?(pid: Int32) {
    let folder = "/proc/\(pid)"
    guard let environment = Self.texts("\(folder)/environ"),
      let executable = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "\(folder)/exe")
    else { return nil }
    self.pid = pid
    self.executable = executable
    self.environment = environment
    commandLine = Self.texts("\(folder)/cmdline") ?? []
  }

  private static func texts(_ file: String) -> [String]? {
    bytes(file)?.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A file of /proc says that it is empty, so it is read until nothing comes.
  static func bytes(_ file: String) -> Data? {
    guard let stream = fopen(file, "r") else { return nil }
    defer { fclose(stream) }
    var bytes = Data()
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 {
      bytes.append(contentsOf: chunk.prefix(count))
    }
    return bytes
  }

  /// The name of the program without its folder; also of one whose file was replaced since it started.
  var name: String {
    URL(filePath: executable.replacing(" (deleted)", with: "")).lastPathComponent
  }

  var description: String { "\(pid) \(commandLine.prefix(4).joined(separator: " "))" }
}
