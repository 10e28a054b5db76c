// SPDX-License-Identifier: Apache-2.0

internal import Transport

extension SimulatedLoop {
  /// Waits in the world's time. Throws at once when the task is cancelled.
  package func sleep(
    for duration: Duration, isolation: isolated (any Actor)? = #isolation
  ) async throws {
    let sleeper = Sleeper()
    let timer = schedule(after: duration) { sleeper.wake() }
    await withTaskCancellationHandler {
      // A closure is on the caller's actor only if it has hold of it; else it would leave the loop.
      _ = isolation
      await withCheckedContinuation { sleeper.sleep($0) }
    } onCancel: {
      sleeper.wake()
    }
    timer.cancel()
    try Task.checkCancellation()
  }
}

/// Proof for `@unchecked Sendable`: all of a world, cancellations too, happens on one thread.
private final class Sleeper: @unchecked Sendable {
  private var isAwake = false
  private var continuation: CheckedContinuation<Void, Never>?

  func sleep(_ continuation: CheckedContinuation<Void, Never>) {
    if isAwake { continuation.resume() } else { self.continuation = continuation }
  }

  func wake() {
    isAwake = true
    continuation?.resume()
    continuation = nil
  }
}
