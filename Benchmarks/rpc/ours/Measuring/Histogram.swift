// SPDX-License-Identifier: Apache-2.0

/// Latencies in nanoseconds, 128 steps to each doubling, so within 0.4 %.
struct Histogram: Sendable {
  private static let stepBits = 8

  private(set) var count = 0
  private var steps = [UInt64](repeating: 0, count: (66 - stepBits) << (stepBits - 1))

  mutating func record(_ nanoseconds: UInt64) {
    let bits = UInt64.bitWidth - nanoseconds.leadingZeroBitCount
    let shift = max(0, bits - Self.stepBits)
    steps[shift << (Self.stepBits - 1) + Int(nanoseconds >> shift)] += 1
    count += 1
  }

  /// Microseconds under which `share` of the latencies lie: the middle of the step.
  func percentile(_ share: Double) -> Double {
    let wanted = max(1, UInt64(share * Double(count) + 0.5))
    var seen: UInt64 = 0
    let half = 1 << (Self.stepBits - 1)
    for (step, found) in steps.enumerated() {
      seen += found
      guard seen >= wanted else { continue }
      let shift = step < 2 * half ? 0 : step / half - 1
      let base = Double(step - shift << (Self.stepBits - 1))
      return (base + 0.5) * Double(UInt64(1) << shift) / 1_000
    }
    return 0
  }
}
