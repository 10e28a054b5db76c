// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Waits for an answer, but not for ever.
///
/// A task group would wait for its slowest child even after the limit. Here the caller goes on: an operation that does not heed its
/// cancellation is left behind, and its answer is dropped.
enum TimeLimit {
  /// The operation's answer, or nil when `limit` was over first; then the operation is cancelled. The caller's own
  /// cancellation cuts nothing short: this is for ends, and they must be reached.
  static func answer<Answer: Sendable>(
    within limit: Duration, on clock: any Clock<Duration>,
    of operation: @escaping @Sendable () async -> Answer
  ) async -> Answer? {
    let first = First<Answer?>()
    let work = Task { first.give(await operation()) }
    let timer = Task {
      // Cancelled means that the work was quicker; then giving nil changes nothing.
      try? await clock.sleep(for: limit)
      first.give(nil)
    }
    let answer = await first.value()
    work.cancel()
    timer.cancel()
    return answer
  }
}

/// The first value that anyone gives, for one task that waits.
private final class First<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case awaited(CheckedContinuation<Value, Never>)
    case given(Value)
    case taken
  }

  private let state = Mutex(State.empty)

  func give(_ value: Value) {
    let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
      switch state {
      case .empty:
        state = .given(value)
        return nil
      case .awaited(let waiter):
        state = .taken
        return waiter
      case .given, .taken:
        return nil
      }
    }
    waiter?.resume(returning: value)
  }

  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let value: Value? = state.withLock { state in
        guard case .given(let value) = state else {
          state = .awaited(continuation)
          return nil
        }
        state = .taken
        return value
      }
      if let value { continuation.resume(returning: value) }
    }
  }
}
