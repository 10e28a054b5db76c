// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// How the processes of an application are ended: asked first, so that Spark can clean up, then
/// killed until none is left. They may be in any process group: spark-submit's death does not end
/// the driver, nor the driver's death its Python.
struct ApplicationEnding {
  var processes: TaggedProcesses
  let limits: LaunchLimits

  mutating func run() async {
    let clock = ContinuousClock()
    let killTime = clock.now.advanced(by: limits.terminationGrace)
    var asked: Set<TaggedProcesses.Identity> = []
    repeat {
      asked.formUnion(processes.signal(SIGTERM, except: asked))
      if processes.areGone { return }
      try? await clock.sleep(for: limits.killInterval)
    } while clock.now < killTime
    // Again and again: a process may have started another one between our look and our signal.
    let giveUpTime = clock.now.advanced(by: limits.killTimeout)
    repeat {
      processes.signal(SIGKILL)
      if processes.areGone { return }
      try? await clock.sleep(for: limits.killInterval)
    } while clock.now < giveUpTime
  }
}
