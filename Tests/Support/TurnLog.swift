// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Transport

/// Writes down the longest turn of a loop, in nanoseconds of CPU time, where `LIVY_TURNS` names a
/// file: `scripts/turns.sh` runs the suites that hurt in a release build and reads it.
package enum TurnLog {
  private static let path = getenv("LIVY_TURNS").map { String(cString: $0) }
  private static let longest = Locked<UInt64>(0)

  /// Before the turns that shall count. The test runner takes a backtrace of each error that is
  /// thrown, which is half of all CPU in a storm of cancelled calls: not while turns are timed.
  package static func begin() {
    guard path != nil else { return }
    for hook in ["_swift_willThrow", "_swift_willThrowTypedImpl"] {
      dlsym(nil, hook)?.assumingMemoryBound(to: UnsafeRawPointer?.self).pointee = nil
    }
  }

  /// The turns of a loop that is about to stop.
  package static func note(_ loop: EventLoop) async {
    guard path != nil else { return }
    note(await loop.metrics().longestTurnNanoseconds)
  }

  /// Runs a turn of a loop that keeps no such time itself.
  package static func measure(_ turn: () -> Void) {
    guard path != nil else { return turn() }
    let start = cpuNanoseconds
    turn()
    note(cpuNanoseconds &- start)
  }

  /// Each new longest is a line: a program may end at any time.
  private static func note(_ nanoseconds: UInt64) {
    longest.withLock { longest in
      guard nanoseconds > longest, let path, let file = fopen(path, "a") else { return }
      longest = nanoseconds
      fputs("\(nanoseconds)\n", file)
      fclose(file)
    }
  }

  private static var cpuNanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
  }
}
