// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Runs a small program to hear what it says of itself.
enum ProgramProbe {
  /// Both streams together; nil when it cannot be started, fails, or is not done in time.
  static func output(
    of program: String, _ arguments: [String], within limit: Duration = .seconds(20)
  ) async -> String? {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    guard (try? process.run()) != nil else { return nil }
    let pid = process.processIdentifier
    let deadline = Task {
      try await Task.sleep(for: limit)
      kill(pid, SIGKILL)
    }
    defer { deadline.cancel() }
    let end = pipe.fileHandleForReading
    // Off the executor: it waits for the program's end.
    let data = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        let data = try? end.readToEnd()
        process.waitUntilExit()
        continuation.resume(returning: data)
      }
    }
    guard process.terminationStatus == 0, let data else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  /// Where a command's name leads, by `PATH`; a name with a slash is a path already.
  static func find(_ name: String, path: String?) -> String? {
    if name.contains("/") {
      return FileManager.default.isExecutableFile(atPath: name) ? name : nil
    }
    let folders = (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
