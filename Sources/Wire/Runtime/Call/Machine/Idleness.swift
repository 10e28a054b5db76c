// SPDX-License-Identifier: Apache-2.0

/// Notices a connection on which nobody calls, without a look at the clock for each call: looks
/// after `timeout`, and again, so that it is noticed between once and twice that time.
struct Idleness: Equatable {
  enum Check: Equatable {
    /// Look again after so long.
    case rest(Duration)
    case idle
  }

  let timeout: Duration
  private var callsBefore = 0

  init(timeout: Duration) {
    self.timeout = timeout
  }

  /// - Parameters:
  ///   - calls: those that began so far, of both sides.
  ///   - open: those that are not over.
  mutating func check(calls: Int, open: Int) -> Check {
    defer { callsBefore = calls }
    return open == 0 && calls == callsBefore ? .idle : .rest(timeout)
  }
}
