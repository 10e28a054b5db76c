// SPDX-License-Identifier: Apache-2.0

import Foundation
import Transport

/// A program that is run to its end.
struct Program {
  let status: ChildProcess.ExitStatus
  let output: String
  let errors: String

  /// - Parameter folder: its mark goes along, so that the program ends with the server's processes.
  static func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:],
    in folder: ServerFolder
  ) async throws -> Program {
    let loop = try EventLoop.start(name: "program")
    let name = "\(folder.path)/\(UUID().uuidString)"
    var options = ChildProcessOptions(executable: executable, arguments: arguments)
    var variables = Surroundings.forPrograms.merging(environment) { $1 }
    let mark = folder.mark.split(separator: "=").map(String.init)
    variables[mark[0]] = mark[1]
    options.environment = .exactly(variables)
    options.descriptors = [
      .null, .file(name + ".out", .truncate), .file(name + ".err", .truncate),
    ]
    let process: ChildProcess
    do {
      process = try await ChildProcess.spawn(options, on: loop)
    } catch {
      await loop.stop()
      throw error
    }
    let status = await process.waitForExit()
    await loop.stop()
    return Program(
      status: status, output: folder.text(of: name + ".out"), errors: folder.text(of: name + ".err")
    )
  }
}
