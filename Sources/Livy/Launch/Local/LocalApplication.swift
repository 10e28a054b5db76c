// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import Transport

/// A spark-submit that runs on this machine, with its driver.
package actor LocalApplication: LaunchedApplication {
  private let uuid: SessionUUID
  private nonisolated let process: ChildProcess
  private nonisolated let folder: SessionFolder
  private let limits: LaunchLimits
  /// Shared by all who ask for the end; it goes on when they are cancelled.
  private var ending: Task<Void, Never>?

  init(_ uuid: SessionUUID, _ process: ChildProcess, folder: SessionFolder, limits: LaunchLimits) {
    self.uuid = uuid
    self.process = process
    self.folder = folder
    self.limits = limits
  }

  package nonisolated func waitForExit() async -> ApplicationExit {
    switch await process.waitForExit() {
    case .exited(let status): .status(status)
    case .signalled(let signal): .signal(signal)
    case .unknown: .status(-1)  // This server ends; nobody looks at it any more.
    }
  }

  package func log(linesMax: Int) async -> ApplicationLog {
    let files = folder.files
    let output = LogTail(path: files.standardOutput, bytesMax: limits.logTailBytesMax)
    let error = LogTail(path: files.standardError, bytesMax: limits.logTailBytesMax)
    return ApplicationLog(
      standardOutput: output.lines(max: linesMax), standardError: error.lines(max: linesMax))
  }

  package func kill() async {
    let ending =
      ending
      ?? Task { [uuid, limits] in
        var ending = ApplicationEnding(
          processes: TaggedProcesses(of: uuid, limits: limits), limits: limits)
        await ending.run()
      }
    self.ending = ending
    await ending.value
  }

  package func removeSecrets() async {
    folder.removeSecrets()
  }
}
