// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// The timers of one connection. Setting one cancels the one before.
struct ConnectionTimers {
  /// First for the peer's hello, then for signs of life.
  var keepalive: LoopTimer? { didSet { oldValue?.cancel() } }
  var idle: LoopTimer? { didSet { oldValue?.cancel() } }
  var lifetime: LoopTimer? { didSet { oldValue?.cancel() } }
  var drain: LoopTimer? { didSet { oldValue?.cancel() } }
  var close: LoopTimer? { didSet { oldValue?.cancel() } }
  private var deadline: (instant: LoopInstant, timer: LoopTimer)?

  /// True where no timer is set for `instant` or before it.
  func isDeadlineLater(than instant: LoopInstant) -> Bool {
    deadline.map { instant < $0.instant } ?? true
  }

  mutating func setDeadline(_ instant: LoopInstant, _ timer: LoopTimer) {
    deadline?.timer.cancel()
    deadline = (instant, timer)
  }

  mutating func clearDeadline() {
    deadline = nil
  }

  mutating func cancelAll() {
    keepalive = nil
    idle = nil
    lifetime = nil
    drain = nil
    close = nil
    deadline?.timer.cancel()
    deadline = nil
  }
}
