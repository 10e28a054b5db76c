// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A value that comes once; any number of tasks wait for it, and none heeds its cancellation, so
/// that nothing under test can lean on that.
final class Gate<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiters: [CheckedContinuation<Value, Never>] = []
  }

  private let state = Mutex(State())

  var isOpen: Bool { state.withLock { $0.value != nil } }
  var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }

  /// The first value counts.
  func open(_ value: Value) {
    let waiters = state.withLock { state in
      guard state.value == nil else { return [CheckedContinuation<Value, Never>]() }
      state.value = value
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: value) }
  }

  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let value: Value? = state.withLock { state in
        if state.value == nil { state.waiters.append(continuation) }
        return state.value
      }
      if let value { continuation.resume(returning: value) }
    }
  }
}

extension Gate where Value == Void {
  func open() { open(()) }
}
