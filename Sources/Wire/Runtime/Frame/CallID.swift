// SPDX-License-Identifier: Apache-2.0

/// Names one call on one connection: a slot, whose low bit says which side opened the call, and a
/// generation that tells the users of the slot apart.
///
/// Generation 0 is never used, so that the id 0 is free to mean the connection itself.
@usableFromInline
struct CallID: Hashable, Sendable, CustomStringConvertible {
  /// As it stands in a frame's header: the slot in the low half, the generation in the high half.
  var rawValue: UInt32

  /// The id of frames that belong to no call.
  static let connection = CallID(rawValue: 0)

  init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  init(opener: ConnectionSide, index: Int, generation: UInt16) {
    let slot = UInt16(truncatingIfNeeded: index) << 1 | opener.lowBit
    rawValue = UInt32(generation) << 16 | UInt32(slot)
  }

  var generation: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 16) }
  /// Place of the slot among those of its side.
  var index: Int { Int(UInt16(truncatingIfNeeded: rawValue) >> 1) }
  var opener: ConnectionSide { rawValue & 1 == 0 ? .dialed : .accepted }

  /// Slots that one side can have at all: 15 bits.
  static let slotsMax = 1 << 15

  /// The generation after `generation`; skips 0.
  static func generation(after generation: UInt16) -> UInt16 {
    generation == .max ? 1 : generation + 1
  }

  @usableFromInline
  var description: String { "\(index).\(generation) of the side that \(opener)" }
}

/// Which end of a connection this is. Both ends may call; the side only keeps their call ids apart.
package enum ConnectionSide: Sendable {
  case dialed
  case accepted

  var lowBit: UInt16 {
    switch self {
    case .dialed: 0
    case .accepted: 1
    }
  }

  var other: ConnectionSide {
    switch self {
    case .dialed: .accepted
    case .accepted: .dialed
    }
  }
}
