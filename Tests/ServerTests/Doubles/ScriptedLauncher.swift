// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Synchronization

/// Starts applications that are objects, and knows which of them live.
final class ScriptedLauncher: Launcher {
  private let started = Mutex<[SessionUUID: ScriptedApplication]>([:])
  private let ordered = Mutex<[LaunchOrder]>([])
  private let script: Script
  /// What a start would read; nil where nobody can say.
  let stamp = Mutex<LaunchStamp?>(LaunchStamp("the conf"))

  init(_ script: Script) {
    self.script = script
  }

  var orders: [LaunchOrder] { ordered.withLock { $0 } }
  var applications: [ScriptedApplication] { started.withLock { Array($0.values) } }

  func application(_ uuid: SessionUUID) -> ScriptedApplication? {
    started.withLock { $0[uuid] }
  }

  func launch(_ order: LaunchOrder) async throws(LivyError) -> any LaunchedApplication {
    ordered.withLock { $0.append(order) }
    try await script.pass(.launch)
    let application = ScriptedApplication()
    started.withLock { $0[order.tag] = application }
    return application
  }

  func adopt(_ tag: SessionUUID) async -> (any LaunchedApplication)? {
    started.withLock { $0[tag] }.flatMap { $0.lives ? $0 : nil }
  }

  func stamp(of request: SessionRequest) async -> LaunchStamp? { stamp.withLock { $0 } }
}

/// A process that is none.
final class ScriptedApplication: LaunchedApplication {
  private let exit = Gate<ApplicationExit>()
  private let lines = Mutex(ApplicationLog())
  private let removals = Mutex(0)

  var lives: Bool { !exit.isOpen }
  var hasSecrets: Bool { removals.withLock { $0 == 0 } }

  func write(standardError: [String]) {
    lines.withLock { $0.standardError += standardError }
  }

  func write(standardOutput: [String]) {
    lines.withLock { $0.standardOutput += standardOutput }
  }

  func end(_ how: ApplicationExit) { exit.open(how) }

  func waitForExit() async -> ApplicationExit { await exit.value() }

  func log(linesMax: Int) async -> ApplicationLog {
    lines.withLock { lines in
      ApplicationLog(
        standardOutput: lines.standardOutput.suffix(linesMax),
        standardError: lines.standardError.suffix(linesMax))
    }
  }

  func kill() async { exit.open(.signal(9)) }

  func removeSecrets() async { removals.withLock { $0 += 1 } }
}
