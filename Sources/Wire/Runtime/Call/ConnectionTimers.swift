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
  /// At the earliest deadline of the calls.
  var deadline: LoopTimer? { didSet { oldValue?.cancel() } }

  mutating func cancelAll() {
    keepalive = nil
    idle = nil
    lifetime = nil
    drain = nil
    close = nil
    deadline = nil
  }
}
