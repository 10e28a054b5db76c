// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// A spark-submit that an earlier run of the server started on this machine. It is no child of
/// ours, so it is looked at again and again, and nobody learns its exit status.
struct AdoptedApplication: LaunchedApplication {
  private let trace: ApplicationTrace
  private let watched: Watched
  private let limits: LaunchLimits

  enum Watched {
    case process(TaggedProcesses.Identity)
    /// Which one spark-submit is was not noted: all of them.
    case all(TaggedProcesses)
    /// It has ended, and others are left.
    case nothing
  }

  /// Nil if nothing with this tag runs any more.
  init?(_ tag: SessionUUID, in folder: SessionFolder, limits: LaunchLimits) {
    let noted = LaunchedProcess(readingFrom: folder.files.process)
    // What a file says is not enough to kill by: after a reboot the pid may be anybody's.
    var processes = TaggedProcesses(of: tag, limits: limits)
    let found = processes.find()
    guard !found.isEmpty else { return nil }
    if let noted {
      watched = found.contains(noted.identity) ? .process(noted.identity) : .nothing
    } else {
      watched = .all(processes)
    }
    self.limits = limits
    trace = ApplicationTrace(processes, folder: folder, limits: limits)
  }

  func waitForExit() async -> ApplicationExit {
    switch watched {
    case .nothing: break
    case .process(let identity):
      while let status = ProcessStatus(pid: identity.pid), status.identity == identity,
        !status.isZombie, await pause()
      {}
    case .all(var processes):
      while !processes.find().isEmpty, await pause() {}
    }
    return .unseen
  }

  /// False when the task was cancelled.
  private func pause() async -> Bool {
    (try? await ContinuousClock().sleep(for: limits.adoptedPollInterval)) != nil
  }

  func log(linesMax: Int) async -> ApplicationLog { await trace.log(linesMax: linesMax) }

  func kill() async { await trace.kill() }

  func removeSecrets() async { trace.removeSecrets() }
}
