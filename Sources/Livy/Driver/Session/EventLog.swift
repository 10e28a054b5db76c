// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What happened in this driver, numbered from 1 without gaps, kept until the server has it.
///
/// At its limits the log takes no more progress and no more printed pieces (such an event gets no
/// number, so there is no gap) and `isFull` asks the statement queue to begin nothing new.
/// Everything else is always taken: it belongs to a statement that runs.
package struct EventLog: Sendable {
  private let limits: DriverLimits
  private var events: [DriverEvent] = []
  private var bytes = 0
  /// Every event up to this one was acknowledged and is gone.
  package private(set) var acknowledged: UInt64 = 0

  package init(limits: DriverLimits = DriverLimits()) {
    self.limits = limits
  }

  /// Number of the newest event; 0 before the first.
  package var last: UInt64 { acknowledged + UInt64(events.count) }

  package var isFull: Bool {
    events.count >= limits.eventsMax || bytes >= limits.eventBytesMax
  }

  /// The event as it was numbered, or `nil` when it can be left out and there is no room for it.
  @discardableResult
  package mutating func append(_ what: DriverEvent.What) -> DriverEvent? {
    switch what {
    case .progress, .printed:
      if isFull { return nil }
    case .state, .started, .finished, .held: break
    }
    let event = DriverEvent(number: last + 1, what: what)
    events.append(event)
    bytes += Self.size(of: what)
    return event
  }

  /// What a watcher that has seen everything up to `number` gets next.
  package enum Next: Equatable {
    case event(DriverEvent)
    /// It has seen all there is.
    case nothingYet
    /// The next one was acknowledged before: nobody can have it any more.
    case forgotten
    /// There is no event with this number: the watcher speaks of another driver.
    case unknown
  }

  package func next(after number: UInt64) -> Next {
    if number > last { return .unknown }
    if number < acknowledged { return .forgotten }
    if number == last { return .nothingYet }
    return .event(events[Int(number - acknowledged)])
  }

  /// Forgets everything up to `number`. False when there is no such event; a repetition is fine.
  package mutating func acknowledge(through number: UInt64) -> Bool {
    guard number <= last else { return false }
    guard number > acknowledged else { return true }
    let count = Int(number - acknowledged)
    bytes -= events[..<count].reduce(0) { $0 + Self.size(of: $1.what) }
    events.removeFirst(count)
    acknowledged = number
    return true
  }

  private static func size(of what: DriverEvent.What) -> Int {
    switch what {
    case .state, .started, .progress, .held: 0
    case .printed(_, _, let text): text.utf8.count
    case .finished(_, .output(let output), _): output.byteCount
    case .finished(_, .cancelled(let output), _): output?.byteCount ?? 0
    }
  }
}
