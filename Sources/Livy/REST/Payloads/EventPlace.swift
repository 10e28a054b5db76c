// SPDX-License-Identifier: Apache-2.0

internal import LivyServer

/// A place in a session's feed, as followers name it: `RUN-NUMBER`. What comes from outside may be
/// anything.
struct EventPlace: Equatable {
  var run: UInt64
  var number: UInt64

  var text: String { "\(run)-\(number)" }

  init(run: UInt64, number: UInt64) {
    self.run = run
    self.number = number
  }

  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let run = UInt64(parts[0]), let number = UInt64(parts[1]) else {
      return nil
    }
    self.init(run: run, number: number)
  }

  /// Whether everything after this place is still there.
  func isKnown(in standing: SessionFollower.Standing) -> Bool {
    run == standing.run && number <= standing.last && number &+ 1 >= standing.first
  }
}
