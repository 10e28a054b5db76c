// SPDX-License-Identifier: Apache-2.0

/// The tasks that wait for responses, by the slot of their call. Each is resumed exactly once: it is
/// taken out of the table before.
struct CallerTable {
  typealias Answer = Result<[UInt8], CallError>

  private struct Caller {
    var call: CallID
    var continuation: CheckedContinuation<Answer, Never>
  }

  private var callers: [Caller?] = []

  mutating func wait(for id: CallID, _ continuation: CheckedContinuation<Answer, Never>) {
    while callers.count <= id.index { callers.append(nil) }
    assert(callers[id.index] == nil, "two tasks wait for one call")
    callers[id.index] = Caller(call: id, continuation: continuation)
  }

  /// Gives a caller its answer. Does nothing for a call with items, whose reader is not kept here.
  mutating func resume(_ id: CallID, with answer: Answer) {
    guard callers.indices.contains(id.index), let caller = callers[id.index], caller.call == id
    else { return }
    callers[id.index] = nil
    caller.continuation.resume(returning: answer)
  }
}
