// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LivyREST

@Suite("Meters and samples")
struct MeterTests {
  @Test("Nothing has no rate")
  func empty() {
    let meter = Meter(start: .zero)
    #expect(meter.rates(at: .zero) == Meter.Rates())
    #expect(meter.rates(at: .seconds(60)) == Meter.Rates())
  }

  @Test("A steady stream has its rate in all averages")
  func steady() {
    var meter = Meter(start: .zero)
    for tenth in 0..<6_000 { meter.mark(at: .milliseconds(tenth * 100)) }
    let rates = meter.rates(at: .seconds(600))
    #expect(meter.count == 6_000)
    for rate in [rates.mean, rates.oneMinute, rates.fiveMinutes, rates.fifteenMinutes] {
      #expect(abs(rate - 10) < 0.01)
    }
  }

  @Test("After a minute of silence the minute's average has fallen to a third or so")
  func silence() {
    var meter = Meter(start: .zero)
    for second in 0..<600 { meter.mark(at: .seconds(second)) }
    let rates = meter.rates(at: .seconds(660))
    // 1/e, from the definition of the average.
    #expect(abs(rates.oneMinute - 0.3679) < 0.01)
    #expect(abs(rates.fifteenMinutes - 0.9355) < 0.01)
    #expect(abs(rates.mean - 600.0 / 660) < 0.001)
  }

  @Test("Looking changes nothing, and years of silence cost nothing")
  func looking() {
    var meter = Meter(start: .zero)
    meter.mark(at: .seconds(1))
    let before = meter
    _ = meter.rates(at: .seconds(1_000_000_000))
    #expect(meter == before)
    #expect(meter.rates(at: .seconds(1_000_000_000)).oneMinute < 1e-9)
  }

  @Test("Samples tell their extremes, mean, deviation and quantiles")
  func samples() {
    var samples = Samples()
    for number in (1...99).reversed() { samples.add(Double(number)) }
    let summary = samples.summary
    #expect(samples.count == 99)
    #expect(summary.minimum == 1)
    #expect(summary.maximum == 99)
    #expect(summary.mean == 50)
    #expect(abs(summary.standardDeviation - 28.7228) < 0.001)
    #expect(summary.quantile(0.5) == 50)
    #expect(abs(summary.quantile(0.95) - 95) < 1e-9)
    #expect(summary.quantile(0) == 1)
    #expect(summary.quantile(1) == 99)
  }

  @Test("No samples, and one")
  func few() {
    var samples = Samples()
    #expect(samples.summary == Samples.Summary())
    #expect(samples.summary.quantile(0.99) == 0)
    samples.add(7)
    #expect(samples.summary.quantile(0.01) == 7)
    #expect(samples.summary.standardDeviation == 0)
  }

  @Test("Only the newest are kept, all are counted")
  func newest() {
    var samples = Samples()
    for number in 0..<(3 * Samples.kept) { samples.add(Double(number)) }
    #expect(samples.count == 3 * Samples.kept)
    #expect(samples.summary.minimum == Double(2 * Samples.kept))
    #expect(samples.summary.maximum == Double(3 * Samples.kept - 1))
  }

  @Test(
    "A thread's line is read from the kernel's, whatever its name is",
    arguments: [
      ("7 (livy) S 1 7 7 0 -1 4194304 1 0 0 0 12 30 0 0 20", "7\tS\t42\tlivy\n"),
      ("8 (a ) (b) R 1 7 7 0 -1 4194304 1 0 0 0 1 2 0 0 20", "8\tR\t3\ta ) (b\n"),
      ("9 (short) R 1", nil), ("", nil), (")(", nil), ("1 (x) R a b c d e f g h i j k l m", nil),
    ])
  func threadLine(stat: String, line: String?) {
    #expect(ThreadList.line(of: stat) == line)
  }
}
