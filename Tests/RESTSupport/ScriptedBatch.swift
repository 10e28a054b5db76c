// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// A batch without a process. What its first argument says happens: `exit <status>` ends it at
/// once; without one it runs until it is killed. It writes a line for each argument.
struct ScriptedBatch: LaunchedApplication {
  private let lines: [String]
  private let status: Int32?
  private let killed = Latch()

  init(_ request: BatchRequest) {
    lines = request.arguments.map { "argument \($0)" }
    let words = request.arguments.first?.split(separator: " ") ?? []
    status = words.first == "exit" ? words.last.flatMap { Int32($0) } : nil
  }

  func waitForExit() async -> ApplicationExit {
    if let status { return .status(status) }
    await killed.wait()
    return .signal(15)
  }

  func log(linesMax: Int) async -> ApplicationLog {
    ApplicationLog(standardOutput: lines.suffix(linesMax))
  }

  func kill() async { killed.open() }

  func removeSecrets() async {}
}
