// SPDX-License-Identifier: Apache-2.0

/// The tasks that wait for an item, or for leave to send one: of callers and of handlers. Each is
/// resumed exactly once: it is taken out before. It then looks at the machine again.
struct StreamWaiters {
  private var readers: [CallID: CheckedContinuation<Void, Never>] = [:]
  private var senders: [CallID: [CheckedContinuation<Void, Never>]] = [:]

  /// Grows with each wake, also one that finds nobody. A task that prefers an executor is put off
  /// once more between its look at the machine and its wait, and would miss the wake of that time.
  private(set) var wakes: UInt64 = 0

  func hasReader(_ call: CallID) -> Bool { readers[call] != nil }

  /// One reader a call: the caller of this has asked `hasReader`.
  mutating func wait(forItemOf call: CallID, _ continuation: CheckedContinuation<Void, Never>) {
    assert(readers[call] == nil, "two tasks read one stream")
    readers[call] = continuation
  }

  mutating func wait(forCreditOf call: CallID, _ continuation: CheckedContinuation<Void, Never>) {
    senders[call, default: []].append(continuation)
  }

  mutating func wakeReader(of call: CallID) {
    wakes &+= 1
    guard !readers.isEmpty else { return }
    readers.removeValue(forKey: call)?.resume()
  }

  mutating func wakeSenders(of call: CallID) {
    wakes &+= 1
    guard !senders.isEmpty else { return }
    for sender in senders.removeValue(forKey: call) ?? [] { sender.resume() }
  }

  mutating func wakeAll(of call: CallID) {
    wakeReader(of: call)
    wakeSenders(of: call)
  }

  mutating func wakeAll() {
    let (readers, senders) = (readers, senders)
    wakes &+= 1
    self.readers = [:]
    self.senders = [:]
    // In the order of their calls: that of a dictionary differs from run to run.
    for (_, reader) in readers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) { reader.resume() }
    for (_, waiting) in senders.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for sender in waiting { sender.resume() }
    }
  }
}
