// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The time of day, without Foundation.
package enum WallClock {
  /// Milliseconds since 1970; 0 when the system has no clock.
  @Sendable
  package static func milliseconds() -> Int64 {
    var time = timespec()
    guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
