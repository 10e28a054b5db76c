// SPDX-License-Identifier: Apache-2.0

import Foundation
import Transport

/// A program that was run to its end. Not by Foundation's `Process`: it copies each entry of
/// `/proc/self/fd` beyond the entry's end, and in a process with more than a thousand descriptors, as
/// tests have them, such a copy meets the end of the memory now and then.
package struct ProgramRun: Sendable {
  /// -1 where a signal ended it.
  package var status: Int32
  package var output: String
  package var errors: String

  /// - Parameter input: what it reads.
  package static func of(
    _ program: String, _ arguments: [String], environment: [String: String], input: String = ""
  ) async throws -> ProgramRun {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "livy-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appending(path: $0) }
    for file in files { try Data(file == files[0] ? input.utf8.map(\.self) : []).write(to: file) }
    let reading = try FileHandle(forReadingFrom: files[0])
    let loop = try EventLoop.start(name: "run")
    var options = ChildProcessOptions(executable: program, arguments: arguments)
    options.environment = .exactly(environment)
    options.descriptors = [
      .inherit(reading.fileDescriptor), .file(files[1].path, .append),
      .file(files[2].path, .append),
    ]
    do {
      let exit = try await ChildProcess.spawn(options, on: loop).waitForExit()
      await loop.stop()
      try reading.close()
      let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
      guard case .exited(let status) = exit else {
        return ProgramRun(status: -1, output: texts[1], errors: texts[2])
      }
      return ProgramRun(status: status, output: texts[1], errors: texts[2])
    } catch {
      await loop.stop()
      throw error
    }
  }
}
