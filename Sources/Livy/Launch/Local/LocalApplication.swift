// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport

/// A spark-submit that this server started on this machine, with its driver.
struct LocalApplication: LaunchedApplication {
  private let process: ChildProcess
  private let trace: ApplicationTrace

  init(_ tag: SessionUUID, _ process: ChildProcess, folder: SessionFolder, limits: LaunchLimits) {
    self.process = process
    let launched = ProcessStatus(pid: process.pid)?.identity
    trace = ApplicationTrace(
      TaggedProcesses(of: tag, launched: launched, limits: limits), folder: folder, limits: limits)
  }

  func waitForExit() async -> ApplicationExit {
    switch await process.waitForExit() {
    case .exited(let status): .status(status)
    case .signalled(let signal): .signal(signal)
    case .unknown: .unseen  // This server ends; nobody looks at it any more.
    }
  }

  func log(linesMax: Int) async -> ApplicationLog { await trace.log(linesMax: linesMax) }

  func kill() async { await trace.kill() }

  func removeSecrets() async { trace.removeSecrets() }
}
