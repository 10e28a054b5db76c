// SPDX-License-Identifier: Apache-2.0

/// Notices a peer that fell silent, without a look at the clock for each byte:
///
///     quiet --bytes--> heard        heard --check--> quiet (look again after the interval)
///     quiet --check--> asked (ping) asked --bytes--> heard    asked --check--> dead
struct Keepalive: Equatable {
  private enum State: Equatable {
    case quiet
    case heard
    case asked
  }

  enum Check: Equatable {
    /// Look again after so long.
    case rest(Duration)
    /// Send the ping, and look again after so long.
    case ping(UInt64, Duration)
    case dead
  }

  let interval: Duration
  let timeout: Duration
  private var state = State.heard
  /// Pings that were due so far; also the number in the latest.
  private(set) var pings: UInt64 = 0

  init(interval: Duration, timeout: Duration) {
    self.interval = interval
    self.timeout = timeout
  }

  /// Bytes came, whatever they were. After a ping the answer is when to look again, instead of its
  /// time limit.
  mutating func hear() -> Duration? {
    defer { state = .heard }
    switch state {
    case .quiet, .heard: return nil
    case .asked: return interval
    }
  }

  mutating func check() -> Check {
    switch state {
    case .heard:
      state = .quiet
      return .rest(interval)
    case .quiet:
      state = .asked
      pings &+= 1
      return .ping(pings, timeout)
    case .asked:
      return .dead
    }
  }
}
