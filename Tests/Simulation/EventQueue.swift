// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// What is to happen at a time, the earliest first; equal ones in the order in which they were made.
struct EventQueue {
  struct Event {
    var instant: LoopInstant
    var loop: SimulatedLoop
    /// Of a timer; cancelled ones never happen.
    var timer: LoopTimer?
    var body: @Sendable () -> Void
    fileprivate var sequence = 0

    init(
      at instant: LoopInstant, on loop: SimulatedLoop, timer: LoopTimer? = nil,
      _ body: @escaping @Sendable () -> Void
    ) {
      self.instant = instant
      self.loop = loop
      self.timer = timer
      self.body = body
    }

    fileprivate func follows(_ other: Event) -> Bool {
      instant == other.instant ? sequence > other.sequence : instant > other.instant
    }
  }

  /// The latest first, so that the next to happen is taken off the end.
  private var events: [Event] = []
  private var nextSequence = 0
  private var sweepCount = 256

  mutating func insert(_ event: Event) {
    if events.count >= sweepCount { sweep() }
    var event = event
    event.sequence = nextSequence
    nextSequence += 1
    var (low, high) = (0, events.count)
    while low < high {
      let middle = (low + high) / 2
      if events[middle].follows(event) { low = middle + 1 } else { high = middle }
    }
    events.insert(event, at: low)
  }

  /// When the next event happens; `nil` when none ever will.
  mutating func earliest() -> LoopInstant? {
    while let last = events.last, last.timer?.isCancelled == true { events.removeLast() }
    return events.last?.instant
  }

  mutating func popDue(_ now: LoopInstant) -> Event? {
    guard let instant = earliest(), instant <= now else { return nil }
    return events.removeLast()
  }

  private mutating func sweep() {
    events.removeAll { $0.timer?.isCancelled == true }
    sweepCount = max(256, events.count * 2)
  }
}
