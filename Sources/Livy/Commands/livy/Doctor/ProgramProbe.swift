// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Transport

/// Runs a small program to hear what it says of itself.
enum ProgramProbe {
  /// Both streams together; nil when it cannot be started, fails, or is not done in time.
  static func output(
    of program: String, _ arguments: [String], within limit: Duration = .seconds(20)
  ) async -> String? {
    // Not by Foundation's `Process`, which can fail where many files are open.
    guard let loop = try? EventLoop.start(name: "probe") else { return nil }
    let file = FileManager.default.temporaryDirectory
      .appending(path: "livy-probe-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    var options = ChildProcessOptions(executable: program, arguments: arguments)
    options.descriptors = [.null, .file(file.path, .append), .file(file.path, .append)]
    guard let process = try? await ChildProcess.spawn(options, on: loop) else {
      await loop.stop()
      return nil
    }
    let exit = await withTaskGroup(of: ChildProcess.ExitStatus.self) { group in
      group.addTask { await process.waitForExit() }
      group.addTask {
        try? await Task.sleep(for: limit)
        return .unknown
      }
      let first = await group.next() ?? .unknown
      // Ends the program, if it still runs.
      await loop.stop()
      group.cancelAll()
      return first
    }
    guard exit == .exited(0), let reading = try? FileHandle(forReadingFrom: file),
      let data = try? reading.read(upToCount: outputBytesMax)
    else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  /// More is not read.
  private static let outputBytesMax = 1 << 20

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
