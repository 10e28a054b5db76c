// SPDX-License-Identifier: Apache-2.0

/// The tasks that serve the peer's calls, by slot, and their sinks that wait for credit.
struct HandlerTable {
  private struct Handler {
    var call: CallID
    var task: Task<Void, Never>
  }

  private var handlers: [Handler?] = []
  private var sinks: [CallID: [CheckedContinuation<Void, Never>]] = [:]

  mutating func add(_ task: Task<Void, Never>, for call: CallID) {
    while handlers.count <= call.index { handlers.append(nil) }
    handlers[call.index] = Handler(call: call, task: task)
  }

  mutating func remove(_ call: CallID) {
    if handlers.indices.contains(call.index), handlers[call.index]?.call == call {
      handlers[call.index] = nil
    }
    wakeSinks(of: call)
  }

  /// Tells a handler to stop. Its sinks try again, and hear the reason.
  mutating func cancel(_ call: CallID) {
    if handlers.indices.contains(call.index), handlers[call.index]?.call == call {
      handlers[call.index]?.task.cancel()
    }
    wakeSinks(of: call)
  }

  mutating func wait(forCreditOf call: CallID, _ continuation: CheckedContinuation<Void, Never>) {
    sinks[call, default: []].append(continuation)
  }

  mutating func wakeSinks(of call: CallID) {
    for sink in sinks.removeValue(forKey: call) ?? [] { sink.resume() }
  }
}
