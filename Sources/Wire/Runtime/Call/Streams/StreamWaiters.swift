// SPDX-License-Identifier: Apache-2.0

/// The tasks that wait for an item, or for leave to send one: of callers and of handlers. Each is
/// resumed exactly once: it is taken out before. It then looks at the machine again.
struct StreamWaiters {
  /// A call's one reader. It stays so from its first look at the machine until it leaves: also after
  /// a wake, while it is on its way to look again.
  private enum Reader {
    case looking
    case waiting(CheckedContinuation<Void, Never>)
  }

  private var readers: [CallID: Reader] = [:]
  private var senders: [CallID: [CheckedContinuation<Void, Never>]] = [:]

  /// Grows with each wake, also one that finds nobody. A task that prefers an executor is put off
  /// once more between its look at the machine and its wait, and would miss the wake of that time.
  private(set) var wakes: UInt64 = 0

  func hasReader(_ call: CallID) -> Bool { readers[call] != nil }

  /// - Returns: false if another task reads this call.
  mutating func startReading(_ call: CallID) -> Bool {
    guard readers[call] == nil else { return false }
    readers[call] = .looking
    return true
  }

  mutating func endReading(_ call: CallID) {
    readers[call] = nil
  }

  mutating func wait(forItemOf call: CallID, _ continuation: CheckedContinuation<Void, Never>) {
    readers[call] = .waiting(continuation)
  }

  mutating func wait(forCreditOf call: CallID, _ continuation: CheckedContinuation<Void, Never>) {
    senders[call, default: []].append(continuation)
  }

  mutating func wakeReader(of call: CallID) {
    wakes &+= 1
    guard case .waiting(let reader)? = readers[call] else { return }
    readers[call] = .looking
    reader.resume()
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
    wakes &+= 1
    // In the order of their calls: that of a dictionary differs from run to run.
    for call in readers.keys.sorted(by: { $0.rawValue < $1.rawValue }) { wakeReader(of: call) }
    for call in senders.keys.sorted(by: { $0.rawValue < $1.rawValue }) { wakeSenders(of: call) }
  }
}
