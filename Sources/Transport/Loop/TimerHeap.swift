// SPDX-License-Identifier: Apache-2.0

/// Waiting timers of a loop, the earliest first; equal ones in the order in which they were made.
///
/// `LoopTimer.cancel` only marks a timer. Marked ones are dropped when they come to the top, and
/// all at once whenever the heap doubled since the last sweep: so memory stays within twice the
/// live timers, and cancelling costs nothing.
struct TimerHeap {
  struct Entry {
    var instant: LoopInstant
    var timer: LoopTimer
    var body: @Sendable () -> Void
    fileprivate var sequence: UInt64 = 0

    init(instant: LoopInstant, timer: LoopTimer, body: @escaping @Sendable () -> Void) {
      self.instant = instant
      self.timer = timer
      self.body = body
    }

    fileprivate func precedes(_ other: Entry) -> Bool {
      instant == other.instant ? sequence < other.sequence : instant < other.instant
    }
  }

  private static let sweepCountMin = 64

  private var entries: [Entry] = []
  private var nextSequence: UInt64 = 0
  private var sweepCount = sweepCountMin

  var count: Int { entries.count }

  /// When the next timer is due. A cancelled one may stand here: waking for it is harmless.
  var earliest: LoopInstant? { entries.first?.instant }

  mutating func insert(_ entry: Entry) {
    if entries.count >= sweepCount { sweep() }
    var entry = entry
    entry.sequence = nextSequence
    nextSequence &+= 1
    entries.append(entry)
    siftUp(entries.count - 1)
  }

  /// Takes the earliest timer that is due and not cancelled.
  mutating func popDue(_ now: LoopInstant) -> Entry? {
    while let first = entries.first, first.timer.isCancelled || first.instant <= now {
      removeFirst()
      if !first.timer.isCancelled { return first }
    }
    return nil
  }

  mutating func removeAll() {
    entries.removeAll()
    sweepCount = Self.sweepCountMin
  }

  private mutating func sweep() {
    entries.removeAll { $0.timer.isCancelled }
    var index = entries.count / 2
    while index > 0 {
      index -= 1
      siftDown(index)
    }
    sweepCount = max(Self.sweepCountMin, entries.count * 2)
  }

  private mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    siftDown(0)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].precedes(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      let left = 2 * parent + 1
      guard left < entries.count else { return }
      let right = left + 1
      let least =
        right < entries.count && entries[right].precedes(entries[left]) ? right : left
      guard entries[least].precedes(entries[parent]) else { return }
      entries.swapAt(least, parent)
      parent = least
    }
  }
}
