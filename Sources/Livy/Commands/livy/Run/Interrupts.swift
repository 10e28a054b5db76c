// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import UnixSignals

/// Ctrl-C and SIGTERM for commands that have something to put in order first.
enum Interrupts {
  /// Runs `body`. The first signal cancels it, and its end is waited for; the second one ends the
  /// program at once.
  ///
  /// - Parameter breakOff: what a first Ctrl-C does instead, so that `body` comes to its end by
  ///   itself. False if there was nothing to break off: then `body` is cancelled.
  static func cancel<Result: Sendable>(
    _ note: String, on terminal: Terminal,
    breakOff: @escaping @Sendable () async -> Bool = { false },
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let work = Task { try await body() }
    let watch = Task {
      await withDiscardingTaskGroup { steps in
        var isFirst = true
        for await signal in signals {
          guard isFirst else { _exit(CommandStatus.interrupted.rawValue) }
          isFirst = false
          // Beside this loop, which has to see the second signal.
          steps.addTask {
            if signal == .sigint, await breakOff() { return }
            terminal.note("\n" + note)
            work.cancel()
          }
        }
      }
    }
    defer { watch.cancel() }
    do {
      return try await work.value
    } catch {
      // Whatever a cancelled step threw, the reason is the signal.
      if work.isCancelled { throw CommandFailure(.interrupted, "livy: interrupted") }
      throw error
    }
  }
}
