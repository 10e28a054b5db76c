// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Counts events and their rate: since the start, and lately, as `top` shows a machine's load.
/// Times are durations since the start.
struct Meter: Equatable, Sendable {
  /// Events a second.
  struct Rates: Equatable {
    var mean = 0.0
    var oneMinute = 0.0
    var fiveMinutes = 0.0
    var fifteenMinutes = 0.0
  }

  private static let tick = 5.0
  private static let ticksMax = 1_000_000

  private(set) var count = 0
  private let start: Duration
  private var lastTick: Duration
  private var sinceTick = 0
  private var averages: [Double]?

  init(start: Duration) {
    self.start = start
    lastTick = start
  }

  mutating func mark(at now: Duration) {
    advance(to: now)
    count += 1
    sinceTick += 1
  }

  func rates(at now: Duration) -> Rates {
    var copy = self
    copy.advance(to: now)
    let age = (now - start).inSeconds
    var rates = Rates()
    rates.mean = age > 0 ? Double(count) / age : 0
    guard let averages = copy.averages, averages.count == Self.minutes.count else { return rates }
    rates.oneMinute = averages[0]
    rates.fiveMinutes = averages[1]
    rates.fifteenMinutes = averages[2]
    return rates
  }

  private static let minutes = [1.0, 5.0, 15.0]

  /// Exponentially weighted averages: what was counted since the last tick goes into the first of
  /// those that are due; in the others nothing happened.
  private mutating func advance(to now: Duration) {
    let due = Int(min(Double(Self.ticksMax), (now - lastTick).inSeconds / Self.tick))
    guard due > 0 else { return }
    let rate = Double(sinceTick) / Self.tick
    sinceTick = 0
    lastTick += .seconds(Self.tick) * due
    let former = averages
    averages = Self.minutes.indices.map { index in
      let keep = exp(-Self.tick / 60 / Self.minutes[index])
      let first = former.map { $0[index] * keep + rate * (1 - keep) } ?? rate
      return first * pow(keep, Double(due - 1))
    }
  }
}

extension Duration {
  var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
