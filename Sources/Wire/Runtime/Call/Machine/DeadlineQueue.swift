// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// Deadlines of calls, the earliest first: a binary heap. Calls that ended early leave their entry
/// behind until its time comes or `compact` is called.
struct DeadlineQueue {
  struct Entry: Equatable {
    var instant: LoopInstant
    var call: CallID
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }
  var earliest: LoopInstant? { heap.first?.instant }

  mutating func insert(_ call: CallID, at instant: LoopInstant) {
    heap.append(Entry(instant: instant, call: call))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].instant < heap[parent].instant else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// The call whose deadline is the earliest, if it has passed.
  mutating func popExpired(at now: LoopInstant) -> CallID? {
    guard let first = heap.first, first.instant <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink(0)
    return first.call
  }

  mutating func removeAll() {
    heap = []
  }

  /// Forgets the calls that are over.
  mutating func compact(keeping isOpen: (CallID) -> Bool) {
    heap = heap.filter { isOpen($0.call) }
    for index in (0..<heap.count / 2).reversed() { sink(index) }
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let child = right < heap.count && heap[right].instant < heap[left].instant ? right : left
      guard heap[child].instant < heap[parent].instant else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
