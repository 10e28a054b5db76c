// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport

/// A value that comes once, or an error in its place. Any number of tasks may wait; later ones get
/// it at once.
final class Gate<Value: Sendable>: Sendable {
  private typealias Waiter = CheckedContinuation<Result<Value, LivyError>, Never>

  private enum State {
    case closed(waiters: [UInt64: Waiter], next: UInt64)
    case open(Result<Value, LivyError>)
  }

  private let state = Locked<State>(.closed(waiters: [:], next: 0))

  /// The first answer counts; later ones are ignored, since several ends may race.
  func open(_ result: Result<Value, LivyError>) {
    let waiters = state.withLock { state -> [UInt64: Waiter] in
      guard case .closed(let waiters, _) = state else { return [:] }
      state = .open(result)
      return waiters
    }
    for waiter in waiters.values { waiter.resume(returning: result) }
  }

  /// The value if it is there.
  var opened: Result<Value, LivyError>? {
    state.withLock { state in
      if case .open(let result) = state { result } else { nil }
    }
  }

  /// Waits for at most `limit`; then throws `.timedOut` with `message`. Throws `.cancelled` when
  /// the task is cancelled.
  func value(within limit: Duration, else message: String) async throws(LivyError) -> Value {
    let result = await withTaskGroup(of: Result<Value, LivyError>.self) { group in
      group.addTask { await self.wait() }
      group.addTask {
        do {
          try await Task.sleep(for: limit)
          return .failure(LivyError(.timedOut, message))
        } catch {
          return .failure(Self.cancelled)
        }
      }
      let first = await group.next() ?? .failure(Self.cancelled)
      group.cancelAll()
      return first
    }
    return try result.get()
  }

  private static var cancelled: LivyError { LivyError(.cancelled, "the wait was cancelled") }

  private func wait() async -> Result<Value, LivyError> {
    let id = state.withLock { state -> UInt64 in
      guard case .closed(let waiters, let next) = state else { return 0 }
      state = .closed(waiters: waiters, next: next &+ 1)
      return next
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> Result<Value, LivyError>? in
          switch state {
          case .open(let result): return result
          case .closed(var waiters, let next):
            if Task.isCancelled { return .failure(Self.cancelled) }
            waiters[id] = continuation
            state = .closed(waiters: waiters, next: next)
            return nil
          }
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard case .closed(var waiters, let next) = state else { return nil }
        let waiter = waiters.removeValue(forKey: id)
        state = .closed(waiters: waiters, next: next)
        return waiter
      }
      waiter?.resume(returning: .failure(Self.cancelled))
    }
  }
}
