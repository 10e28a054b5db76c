// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// Whose turn it is to send. Calls with something to send stand in one of three lanes, by what they
/// send next: endings first; then small messages and frames of large ones, byte for byte in turn.
///
/// So a small call overtakes a large one, a large one still moves when small ones never stop, and
/// large ones share.
struct SendSchedule {
  enum Lane: Equatable, Sendable {
    /// End or failure: costs no credit.
    case ending
    /// Messages under `smallMessageBytes`: may use the reserve of the credit.
    case small
    case large
  }

  private var endings = CallLine()
  private var smalls = CallLine()
  private var larges = CallLine()
  /// Bytes of small messages since a large one had its turn.
  private var smallBytes = 0
  private let smallMessageBytes: Int
  /// So many bytes of small messages go before a frame of a large one.
  private let turnBytes: Int

  init(limits: WireLimits) {
    smallMessageBytes = limits.smallMessageBytes
    turnBytes = limits.framePayloadBytesMax
  }

  /// Places in all lanes, also of calls that were taken out.
  var length: Int { endings.length + smalls.length + larges.length }
  var isEmpty: Bool { endings.isEmpty && smalls.isEmpty && larges.isEmpty }

  func lane(for message: OutgoingMessage) -> Lane {
    if !message.isData { return .ending }
    return message.payload.count < smallMessageBytes ? .small : .large
  }

  mutating func enqueue(_ call: CallID, in lane: Lane) {
    switch lane {
    case .ending: endings.append(call)
    case .small: smalls.append(call)
    case .large: larges.append(call)
    }
  }

  /// First in each lane, for the one who decides what credit allows.
  var firstEnding: CallID? { endings.first }
  var firstSmall: CallID? { smalls.first }
  var firstLarge: CallID? { larges.first }

  /// True while it is the small ones' turn, if both could go.
  var prefersSmall: Bool { smallBytes < turnBytes }

  /// Takes the first call of `lane` out of the line; it sends `bytes` now.
  mutating func take(from lane: Lane, bytes: Int) {
    switch lane {
    case .ending: endings.popFirst()
    case .small:
      smalls.popFirst()
      smallBytes += bytes
    case .large:
      larges.popFirst()
      smallBytes = 0
    }
  }

  /// Takes a call out of the line before its turn.
  mutating func remove(_ call: CallID, from lane: Lane) {
    switch lane {
    case .ending: endings.remove(call)
    case .small: smalls.remove(call)
    case .large: larges.remove(call)
    }
  }

  mutating func removeAll() {
    endings = CallLine()
    smalls = CallLine()
    larges = CallLine()
  }
}
