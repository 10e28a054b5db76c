// SPDX-License-Identifier: Apache-2.0

/// The newest of many numbers, and what they are like.
struct Samples: Equatable, Sendable {
  /// What some numbers are like.
  struct Summary: Equatable {
    var minimum = 0.0
    var maximum = 0.0
    var mean = 0.0
    var standardDeviation = 0.0
    /// Ascending.
    fileprivate var sorted: [Double] = []

    /// The number below which a part of them lies, 0 to 1; between two of them it is on the line.
    func quantile(_ part: Double) -> Double {
      let place = part * Double(sorted.count + 1)
      guard let first = sorted.first, let last = sorted.last else { return 0 }
      guard place >= 1 else { return first }
      guard place < Double(sorted.count) else { return last }
      let lower = sorted[Int(place) - 1]
      return lower + (place - place.rounded(.down)) * (sorted[Int(place)] - lower)
    }
  }

  static let kept = 512

  private(set) var count = 0
  private var newest: [Double] = []

  mutating func add(_ number: Double) {
    if newest.count < Self.kept {
      newest.append(number)
    } else {
      newest[count % Self.kept] = number
    }
    count += 1
  }

  var summary: Summary {
    guard !newest.isEmpty else { return Summary() }
    let sorted = newest.sorted()
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    var summary = Summary(
      minimum: sorted.first ?? 0, maximum: sorted.last ?? 0, mean: mean, sorted: sorted)
    if sorted.count > 1 {
      summary.standardDeviation = (squares / Double(sorted.count - 1)).squareRoot()
    }
    return summary
  }
}
