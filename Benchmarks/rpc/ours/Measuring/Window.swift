// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Nanoseconds of a clock.
func nanoseconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> UInt64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// A span of wall time, with the CPU time (user and system) that both processes spent in it. The
/// client reads the server's clock itself, so that both are read at the same moment.
struct Window: Sendable {
  private(set) var wall: UInt64
  private(set) var client: UInt64
  private(set) var server: UInt64
  private let serverClock: clockid_t

  /// Begins now.
  init(server process: pid_t) throws(Failure) {
    var clock = clockid_t()
    guard clock_getcpuclockid(process, &clock) == 0 else {
      throw Failure("process \(process) has no clock")
    }
    serverClock = clock
    server = nanoseconds(clock)
    client = nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
    wall = nanoseconds()
  }

  mutating func end() {
    wall = nanoseconds() - wall
    client = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - client
    server = nanoseconds(serverClock) - server
  }
}
