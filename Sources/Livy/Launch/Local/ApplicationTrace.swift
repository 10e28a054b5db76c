// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// What an application on this machine leaves: processes with its tag, and files in its folder.
actor ApplicationTrace {
  private let processes: TaggedProcesses
  private nonisolated let folder: SessionFolder
  private nonisolated let limits: LaunchLimits
  /// Shared by all who ask for the end; it goes on when they are cancelled.
  private var ending: Task<Void, Never>?

  init(_ processes: TaggedProcesses, folder: SessionFolder, limits: LaunchLimits) {
    self.processes = processes
    self.folder = folder
    self.limits = limits
  }

  /// Off the caller's executor, which may be an event loop: up to two megabytes are read.
  nonisolated func log(linesMax: Int) async -> ApplicationLog {
    await withTaskExecutorPreference(globalConcurrentExecutor) { read(linesMax: linesMax) }
  }

  private nonisolated func read(linesMax: Int) -> ApplicationLog {
    let files = folder.files
    let output = LogTail(path: files.standardOutput, bytesMax: limits.logTailBytesMax)
    let error = LogTail(path: files.standardError, bytesMax: limits.logTailBytesMax)
    return ApplicationLog(
      standardOutput: output.lines(max: linesMax), standardError: error.lines(max: linesMax))
  }

  nonisolated func removeSecrets() { folder.removeSecrets() }

  func kill() async {
    let ending =
      ending
      ?? Task { [processes, limits] in
        var ending = ApplicationEnding(processes: processes, limits: limits)
        await ending.run()
      }
    self.ending = ending
    await ending.value
  }
}
