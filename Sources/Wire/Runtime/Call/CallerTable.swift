// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// Who waits for responses, by the slot of the call. Each is given its answer exactly once: it is
/// taken out of the table before.
struct CallerTable {
  typealias Answer = Result<EncodedMessage, CallError>

  private struct Caller {
    var id: CallID
    var receiver: ExpressCalls.Receiver
  }

  private var callers: [Caller?] = []

  mutating func wait(for id: CallID, _ receiver: ExpressCalls.Receiver) {
    while callers.count <= id.index { callers.append(nil) }
    assert(callers[id.index] == nil, "two tasks wait for one call")
    callers[id.index] = Caller(id: id, receiver: receiver)
  }

  /// The receiver that is now to be given the answer. `nil` for a call with items, whose reader is
  /// not kept here.
  mutating func take(_ id: CallID) -> ExpressCalls.Receiver? {
    guard callers.indices.contains(id.index), let caller = callers[id.index], caller.id == id
    else { return nil }
    callers[id.index] = nil
    return caller.receiver
  }

  /// The calls whose answers go to one sink.
  func calls(of key: SinkTable.Key) -> [CallID] {
    callers.compactMap { $0?.receiver.sink == key ? $0?.id : nil }
  }
}
