// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import UnixSignals

/// Ctrl-C and SIGTERM for commands that have something to put in order first.
enum Interrupts {
  /// Runs `body`. The first signal cancels it, and its end is waited for; the second one ends the
  /// program at once.
  static func cancel<Result: Sendable>(
    _ note: String, on terminal: Terminal,
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let work = Task { try await body() }
    let watch = Task {
      for await _ in signals {
        guard !work.isCancelled else { _exit(CommandStatus.interrupted.rawValue) }
        terminal.note("\n" + note)
        work.cancel()
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
