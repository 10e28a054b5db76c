// SPDX-License-Identifier: Apache-2.0

/// The tasks that wait for answers, by the slot of their call. Each is resumed exactly once: it is
/// taken out of the table before.
struct CallerTable {
  typealias Answer = Result<[UInt8], CallError>

  private enum Caller {
    /// An answer goes to this sink.
    case receiver(CallID, ExpressCalls.Receiver)
    /// Wants to look at its inbox again.
    case reader(CallID, CheckedContinuation<Void, Never>)

    var id: CallID {
      switch self {
      case .receiver(let id, _), .reader(let id, _): id
      }
    }
  }

  private var callers: [Caller?] = []

  /// True where a task waits for this slot already.
  func isTaken(_ id: CallID) -> Bool {
    callers.indices.contains(id.index) && callers[id.index] != nil
  }

  mutating func wait(for id: CallID, _ receiver: ExpressCalls.Receiver) {
    insert(.receiver(id, receiver))
  }

  mutating func wait(forItemOf id: CallID, _ continuation: CheckedContinuation<Void, Never>) {
    insert(.reader(id, continuation))
  }

  /// Gives a caller its answer, or a reader the hint to look again. Returns the receiver that is
  /// still to be given the answer, where it goes to a sink.
  mutating func resume(_ id: CallID, with answer: Answer) -> ExpressCalls.Receiver? {
    switch take(id) {
    case .receiver(_, let receiver): return receiver
    case .reader(_, let continuation): continuation.resume()
    case nil: break  // The reader is busy with an earlier item.
    }
    return nil
  }

  mutating func wakeReader(of id: CallID) {
    guard case .reader = caller(id), case .reader(_, let continuation) = take(id) else { return }
    continuation.resume()
  }

  /// The calls whose answers go to one sink.
  func calls(of key: SinkTable.Key) -> [CallID] {
    callers.compactMap { caller in
      guard case .receiver(let id, let receiver)? = caller, receiver.sink == key else { return nil }
      return id
    }
  }

  private func caller(_ id: CallID) -> Caller? {
    guard callers.indices.contains(id.index), callers[id.index]?.id == id else { return nil }
    return callers[id.index]
  }

  private mutating func take(_ id: CallID) -> Caller? {
    guard let caller = caller(id) else { return nil }
    callers[id.index] = nil
    return caller
  }

  private mutating func insert(_ caller: Caller) {
    while callers.count <= caller.id.index { callers.append(nil) }
    assert(callers[caller.id.index] == nil, "two tasks wait for one call")
    callers[caller.id.index] = caller
  }
}
