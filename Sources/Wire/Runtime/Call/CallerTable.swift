// SPDX-License-Identifier: Apache-2.0

/// The tasks that wait for responses, by the slot of their call. Each is resumed exactly once: it is
/// taken out of the table before.
struct CallerTable {
  typealias Answer = Result<[UInt8], CallError>

  private enum Caller {
    case response(CallID, CheckedContinuation<Answer, Never>)
    /// An answer goes to this sink.
    case receiver(CallID, ExpressCalls.Receiver)

    var id: CallID {
      switch self {
      case .response(let id, _), .receiver(let id, _): id
      }
    }
  }

  private var callers: [Caller?] = []

  mutating func wait(for id: CallID, _ continuation: CheckedContinuation<Answer, Never>) {
    insert(.response(id, continuation))
  }

  mutating func wait(for id: CallID, _ receiver: ExpressCalls.Receiver) {
    insert(.receiver(id, receiver))
  }

  /// Gives a caller its answer. Returns the receiver that is still to be given it, where it goes to a
  /// sink. Does nothing for a call with items, whose reader is not kept here.
  mutating func resume(_ id: CallID, with answer: Answer) -> ExpressCalls.Receiver? {
    guard callers.indices.contains(id.index), let caller = callers[id.index], caller.id == id
    else { return nil }
    callers[id.index] = nil
    switch caller {
    case .response(_, let continuation):
      continuation.resume(returning: answer)
      return nil
    case .receiver(_, let receiver): return receiver
    }
  }

  /// The calls whose answers go to one sink.
  func calls(of key: SinkTable.Key) -> [CallID] {
    callers.compactMap { caller in
      guard case .receiver(let id, let receiver)? = caller, receiver.sink == key else { return nil }
      return id
    }
  }

  private mutating func insert(_ caller: Caller) {
    while callers.count <= caller.id.index { callers.append(nil) }
    assert(callers[caller.id.index] == nil, "two tasks wait for one call")
    callers[caller.id.index] = caller
  }
}
