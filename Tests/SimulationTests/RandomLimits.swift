// SPDX-License-Identifier: Apache-2.0

internal import TestSupport

@testable internal import Wire

/// Limits of the two ends of a simulated link.
struct RandomLimits {
  var near: WireLimits
  var far: WireLimits
  /// Some are so low that calls may fail by them.
  var isTight: Bool

  static func draw(_ random: inout SplitMix64) -> RandomLimits {
    let isTight = random.chance(20)
    return RandomLimits(
      near: limits(isTight, &random), far: limits(isTight, &random), isTight: isTight)
  }

  private static func limits(_ isTight: Bool, _ random: inout SplitMix64) -> WireLimits {
    var limits = WireLimits()
    if random.chance(60) {
      limits.framePayloadBytesMax = Int.random(in: 4_096...66_560, using: &random)
      let fourFrames = 4 * limits.framePayloadBytesMax
      limits.connectionCreditBytes = Int.random(
        in: max(fourFrames, 64 << 10)...(1 << 20), using: &random)
      limits.streamCreditBytes = Int.random(in: 1...100_000, using: &random)
      limits.smallMessageReserveBytes = Int.random(in: 0...100_000, using: &random)
    }
    if isTight {
      limits.openCallsMax = Int.random(in: 1...6, using: &random)
      limits.openStreamsMax = Int.random(in: 0...3, using: &random)
      limits.messageBytesMax = Int.random(in: 100...100_000, using: &random)
      limits.partialBytesMax = Int.random(in: 1_000...200_000, using: &random)
      limits.queuedBytesMax = Int.random(in: 1_000...200_000, using: &random)
    }
    return limits
  }
}
