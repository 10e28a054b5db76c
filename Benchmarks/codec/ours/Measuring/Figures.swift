// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What it costs to do a work once.
enum Figures {
  private static let batchNanoseconds: UInt64 = 500_000
  private static let countedTimes = 64

  /// Nanoseconds of CPU time: the median of batches, as many as fit in the time.
  static func nanoseconds(of work: Shape.Work, milliseconds: Int) throws -> Double {
    var times = 1
    while try cpuTime(of: work, times) < batchNanoseconds { times *= 2 }
    var batches: [Double] = []
    var spent: UInt64 = 0
    while spent < UInt64(milliseconds) * 1_000_000 || batches.count < 3 {
      let time = try cpuTime(of: work, times)
      batches.append(Double(time) / Double(times))
      spent += time
    }
    return batches.sorted()[batches.count / 2]
  }

  /// Calls of the allocator. `Benchmarks/codec/common/allocations.c`, loaded before the C library,
  /// counts them.
  static func allocations(of work: Shape.Work) throws -> Double {
    guard let symbol = dlsym(nil, "bench_allocations") else {
      throw Failure("allocations are not counted: load the counter with LD_PRELOAD")
    }
    let count = unsafeBitCast(symbol, to: (@convention(c) () -> UInt64).self)
    try work(countedTimes)
    let before = count()
    try work(countedTimes)
    return Double(count() - before) / Double(countedTimes)
  }

  private static func cpuTime(of work: Shape.Work, _ times: Int) throws -> UInt64 {
    let start = cpuClock()
    try work(times)
    return cpuClock() - start
  }

  private static func cpuClock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
