// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The two times that a server needs: one that only runs forward, for deadlines, and the calendar's, for records.
package struct ServerClock: Sendable {
  /// Deadlines and intervals.
  package var monotonic: any Clock<Duration>
  /// Milliseconds since 1970.
  package var wallMilliseconds: @Sendable () -> Int64

  package init(
    monotonic: any Clock<Duration> = ContinuousClock(),
    wallMilliseconds: @escaping @Sendable () -> Int64 = ServerClock.systemMilliseconds
  ) {
    self.monotonic = monotonic
    self.wallMilliseconds = wallMilliseconds
  }

  /// The machine's calendar.
  @Sendable package static func systemMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
  }
}
