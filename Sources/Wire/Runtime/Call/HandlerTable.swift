// SPDX-License-Identifier: Apache-2.0

/// The tasks that serve the peer's calls, by slot.
struct HandlerTable {
  private struct Handler {
    var call: CallID
    var task: Task<Void, Never>
  }

  private var handlers: [Handler?] = []

  mutating func add(_ task: Task<Void, Never>, for call: CallID) {
    while handlers.count <= call.index { handlers.append(nil) }
    handlers[call.index] = Handler(call: call, task: task)
  }

  mutating func remove(_ call: CallID) {
    if handlers.indices.contains(call.index), handlers[call.index]?.call == call {
      handlers[call.index] = nil
    }
  }

  /// Tells a handler to stop.
  mutating func cancel(_ call: CallID) {
    if handlers.indices.contains(call.index), handlers[call.index]?.call == call {
      handlers[call.index]?.task.cancel()
    }
  }
}
