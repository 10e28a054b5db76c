// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// What happened in a simulated world, in order: as one number that tells two runs apart, and, when
/// asked for, as lines to read.
package struct EventLog {
  package private(set) var count = 0
  /// FNV-1a over all that was noted (Fowler, Noll, Vo).
  package private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  package private(set) var lines: [String] = []
  private let keepsLines: Bool

  init(keepsLines: Bool) {
    self.keepsLines = keepsLines
  }

  /// The words must not hold addresses or anything else that differs from run to run.
  mutating func note(at now: LoopInstant, _ what: StaticString, _ numbers: [Int], _ words: String) {
    count += 1
    mix(now.nanoseconds)
    mix(UInt64(truncatingIfNeeded: what.utf8CodeUnitCount))
    for number in numbers { mix(UInt64(truncatingIfNeeded: number)) }
    for byte in words.utf8 { mix(UInt64(byte)) }
    guard keepsLines else { return }
    lines.append("\(now.nanoseconds / 1_000) us: \(what) \(numbers) \(words)")
  }

  private mutating func mix(_ word: UInt64) {
    var rest = word
    for _ in 0..<8 {
      hash = (hash ^ (rest & 0xff)) &* 0x100_0000_01b3
      rest >>= 8
    }
  }
}
