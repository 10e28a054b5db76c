// SPDX-License-Identifier: Apache-2.0

internal import CUV
internal import Glibc

/// Measures the CPU time of a loop's turns, without reading a clock in each of them: the thread's
/// clock, a system call, is read in the first turn that ends in a new millisecond of the time that
/// libuv keeps anyway. A long turn always ends in a new one. Confined to the loop's thread.
struct TurnMeter {
  private let limit: UInt64
  private var readAt: UInt64 = 0
  private var lastCPU: UInt64?

  init(limit: Duration) {
    self.limit = LoopInstant(nanoseconds: 0).advanced(by: limit).nanoseconds
  }

  /// A turn ended at `milliseconds`, by the clock of libuv.
  mutating func turnDidEnd(
    at milliseconds: UInt64, _ counters: UnsafeMutablePointer<TransportMetrics>
  ) {
    guard milliseconds != readAt else { return }
    readAt = milliseconds
    let cpu = Self.threadNanoseconds()
    defer { lastCPU = cpu }
    guard let lastCPU, cpu > lastCPU else { return }
    let spent = cpu - lastCPU
    if spent > counters.pointee.longestTurnNanoseconds {
      counters.pointee.longestTurnNanoseconds = spent
    }
    if spent > limit { counters.pointee.slowTurns &+= 1 }
  }

  static func threadNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
