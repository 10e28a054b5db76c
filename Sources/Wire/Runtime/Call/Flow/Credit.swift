// SPDX-License-Identifier: Apache-2.0

/// Bytes that this side may still send. Sums stay far from overflow: each grant is checked against
/// the largest.
struct SendCredit: Equatable {
  private(set) var available: Int

  init(_ available: Int) {
    self.available = available
  }

  /// May leave less than nothing where an item was started on the last of it.
  mutating func spend(_ bytes: Int) {
    available -= bytes
  }

  mutating func grant(_ bytes: Int) throws(ProtocolError) {
    let (sum, overflow) = available.addingReportingOverflow(bytes)
    guard !overflow, sum <= PeerLimits.bytesMax else {
      throw ProtocolError("the peer grants credit without end")
    }
    available = sum
  }
}

/// Bytes that the peer may still send to this side, and those that it gets back.
///
/// Credit is returned in pieces of a quarter of the window, not for each frame.
struct ReceiveCredit: Equatable {
  let window: Int
  /// Below zero where an item was started on the last of it.
  private(set) var outstanding: Int
  private var unreturned = 0

  init(window: Int) {
    self.window = window
    self.outstanding = window
  }

  mutating func receive(_ bytes: Int) {
    outstanding -= bytes
  }

  /// The bytes are used up here. The answer is what to give back to the peer now, often nothing.
  mutating func release(_ bytes: Int) -> Int {
    unreturned += bytes
    guard unreturned > 0, unreturned >= window / 4 else { return 0 }
    defer { unreturned = 0 }
    return unreturned
  }

  /// What `release` answered is on its way to the peer.
  mutating func didReturn(_ bytes: Int) {
    outstanding += bytes
  }
}
