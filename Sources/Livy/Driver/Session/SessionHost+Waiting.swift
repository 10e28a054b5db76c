// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import Transport

/// How the session's tasks wait for its changes, and for time.
extension SessionHost {
  /// Returns after the next change, or when the task is cancelled. The caller looks again at what
  /// it waits for.
  /// - Parameter seen: `changes.wakes` when it looked.
  func change(since seen: UInt64) async {
    let ticket = changes.ticket(since: seen)
    await withTaskCancellationHandler {
      await withCheckedContinuation { changes.park(ticket, $0) }
    } onCancel: {
      loop.submit { self.assumeIsolated { $0.changes.wake(ticket) } }
    }
  }

  func pause(for duration: Duration) async {
    let ticket = pauses.ticket()
    let timer = loop.schedule(after: duration) {
      self.assumeIsolated { $0.pauses.wake(ticket) }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { pauses.park(ticket, $0) }
    } onCancel: {
      loop.submit { self.assumeIsolated { $0.pauses.wake(ticket) } }
    }
    timer.cancel()
  }
}
