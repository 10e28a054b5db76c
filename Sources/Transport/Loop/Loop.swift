// SPDX-License-Identifier: Apache-2.0

/// A thread of execution with a clock and timers. `EventLoop` is the real one; a simulation
/// brings its own.
///
/// Actors pin themselves to a loop with `unownedExecutor`, so that callbacks of streams reach
/// them by `assumeIsolated`, without a hop.
package protocol Loop: SerialExecutor {
  associatedtype Tasks: TaskExecutor

  /// For tasks that shall run on this loop: `Task(executorPreference: loop.taskExecutor)`. A task
  /// without it leaves the loop for a moment whenever it is resumed, even one of an actor that is
  /// pinned here.
  var taskExecutor: Tasks { get }

  /// Monotonic time of this loop, read freshly.
  var now: LoopInstant { get }

  /// A time of the present turn, read at most once in it: for who can do with a time that is old
  /// by as much as the turn has lasted. On the loop only.
  var turnInstant: LoopInstant { get }

  /// True on the loop's own thread.
  var isCurrent: Bool { get }

  /// Runs `body` on the loop in a later turn. May be called from any thread.
  func submit(_ body: @escaping @Sendable () -> Void)

  /// Runs `body` once on the loop, not before `instant`, unless the timer is cancelled. May be
  /// called from any thread.
  @discardableResult
  func schedule(at instant: LoopInstant, _ body: @escaping @Sendable () -> Void) -> LoopTimer

  /// Calls `item.flush()` once when the work of this turn is done. On the loop only.
  func flushAtTurnEnd(_ item: any TurnFlush)
}

/// Collects what is written in one turn of a loop, to let it go in one piece at the end of the
/// turn.
package protocol TurnFlush: AnyObject {
  func flush()
}

extension Loop {
  @discardableResult
  package func schedule(
    after duration: Duration, _ body: @escaping @Sendable () -> Void
  ) -> LoopTimer {
    schedule(at: now.advanced(by: duration), body)
  }

  /// Runs `body` on the loop and hands back what it returns. One hop there, one back.
  package func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { (waiter: CheckedContinuation<Value, Never>) in
      submit { waiter.resume(returning: body()) }
    }
  }

  /// A loop without turns of its own reads the time each time.
  package var turnInstant: LoopInstant { now }

  /// A loop without turns of its own flushes in its next piece of work.
  package func flushAtTurnEnd(_ item: any TurnFlush) {
    let bound = LoopBound(item, on: self)
    submit { bound.value.flush() }
  }
}

/// A point in a loop's monotonic time. Comparable within one loop only.
package struct LoopInstant: InstantProtocol, Sendable {
  /// Nanoseconds since a fixed point in the past.
  package var nanoseconds: UInt64

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// Saturates instead of overflowing: a deadline too far away is "never".
  package func advanced(by duration: Duration) -> LoopInstant {
    let (seconds, attoseconds) = duration.components
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let total = whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
    if whole.overflow || total.overflow {
      return LoopInstant(nanoseconds: seconds < 0 ? 0 : .max)
    }
    if total.partialValue < 0 {
      let back = total.partialValue.magnitude
      return LoopInstant(nanoseconds: back > nanoseconds ? 0 : nanoseconds - back)
    }
    let forward = nanoseconds.addingReportingOverflow(UInt64(total.partialValue))
    return LoopInstant(nanoseconds: forward.overflow ? .max : forward.partialValue)
  }

  package func duration(to other: LoopInstant) -> Duration {
    let ahead = other.nanoseconds >= nanoseconds
    let distance = ahead ? other.nanoseconds - nanoseconds : nanoseconds - other.nanoseconds
    let clamped = Int64(clamping: distance)
    return .nanoseconds(ahead ? clamped : -clamped)
  }

  package static func < (left: LoopInstant, right: LoopInstant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}
