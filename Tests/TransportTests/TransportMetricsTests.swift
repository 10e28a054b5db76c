// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite struct TransportMetricsTests {
  @Test("Delays fall into the first bucket that holds them")
  func histogram() {
    var histogram = DelayHistogram()
    for milliseconds: UInt64 in [0, 1, 2, 3, 10, 11, 1_000, 1_001, 5_000] {
      histogram.record(milliseconds * 1_000_000)
    }
    #expect(histogram.counts == [2, 1, 1, 1, 1, 0, 0, 1, 2])
    #expect(histogram.longestNanoseconds == 5_000_000_000)
    var sum = histogram
    sum.add(histogram)
    #expect(sum.counts == histogram.counts.map { $0 * 2 })
    #expect(sum.longestNanoseconds == histogram.longestNanoseconds)
  }

  @Test("A sum adds the counts and keeps the longest turn")
  func sum() {
    var first = TransportMetrics()
    first.bytesRead = 5
    first.refusals = [.limit: 1, .timedOut: 2]
    first.longestTurnNanoseconds = 7
    var second = TransportMetrics()
    second.bytesRead = .max
    second.refusals = [.timedOut: 3]
    second.longestTurnNanoseconds = 9
    first.add(second)
    #expect(first.bytesRead == 4)
    #expect(first.refusals == [.limit: 1, .timedOut: 5])
    #expect(first.longestTurnNanoseconds == 9)
  }

  @Test("A long turn and the delay that it causes are seen, and short ones are not slow")
  func slowTurn() async throws {
    var limits = TransportLimits()
    limits.turnCPUMax = .milliseconds(400)
    let loop = try EventLoop.start(name: "test-slow", limits: limits)
    for _ in 0..<100 { await loop.run {} }
    #expect(await loop.metrics().slowTurns == 0)
    await loop.run {
      let start = loop.now
      loop.schedule(at: start) {}
      let end = start.advanced(by: .milliseconds(20))
      while loop.now < end {}
    }
    #expect(await eventually { await loop.metrics().timerDelay.longestNanoseconds >= 20_000_000 })
    let spun = await loop.run { Self.spin(nanoseconds: 450_000_000) }
    let metrics = await loop.metrics()
    #expect(metrics.slowTurns == 1)
    #expect(metrics.longestTurnNanoseconds >= spun)
    await loop.stop()
  }

  /// Uses so much CPU time of the calling thread.
  private static func spin(nanoseconds: UInt64) -> UInt64 {
    let start = TurnMeter.threadNanoseconds()
    while TurnMeter.threadNanoseconds() - start < nanoseconds {}
    return TurnMeter.threadNanoseconds() - start
  }
}
