// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import Synchronization

/// What the system tells a program at a terminal: its size, that it is stopped and goes on, that it
/// shall end.
enum ShellSignals {
  /// Runs `body`. The first signal that asks for the end gives the terminal back and cancels `body`,
  /// whose end is waited for; a second one ends the program at once.
  static func watch<Result: Sendable>(
    _ mode: TerminalMode, _ input: ShellInput,
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let work = Task { try await body() }
    let ending = Mutex(false)
    let queue = DispatchQueue(label: "livy shell signals")
    func source(_ signal: Int32, _ action: @escaping @Sendable () -> Void)
      -> any DispatchSourceSignal
    {
      let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
      source.setEventHandler(handler: action)
      source.resume()
      return source
    }
    let isFirstEnd: @Sendable () -> Bool = {
      ending.withLock { ending in
        defer { ending = true }
        return !ending
      }
    }
    let end: @Sendable () -> Void = {
      mode.restoreForGood()
      guard isFirstEnd() else { _exit(CommandStatus.interrupted.rawValue) }
      work.cancel()
    }
    let goOn: @Sendable () -> Void = {
      mode.enter()
      input.post(.resumed)
    }
    let stop: @Sendable () -> Void = {
      mode.stop()
      input.post(.resumed)
    }
    let sources =
      [SIGTERM, SIGHUP, SIGINT, SIGQUIT].map { source($0, end) } + [
        source(SIGWINCH) { input.post(.resized) }, source(SIGCONT, goOn), source(SIGTSTP, stop),
      ]
    defer { for source in sources { source.cancel() } }
    do {
      let result = try await work.value
      mode.restoreForGood()
      return result
    } catch {
      mode.restoreForGood()
      // Whatever a cancelled step threw, the reason is the signal.
      if work.isCancelled { throw CommandFailure(.interrupted, "livy: ended by a signal") }
      if error as? ShellEnd == .closed {
        throw CommandFailure(.interrupted, "livy: the terminal is gone")
      }
      throw error
    }
  }
}
