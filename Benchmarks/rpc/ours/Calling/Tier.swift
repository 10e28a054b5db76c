// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// One way in which Wire can be called.
protocol Tier: Sendable {
  /// Keeps so many calls under way, through generated stubs and with a deadline, until the
  /// measurement is over.
  static func call(_ load: Load) async throws
}

/// The ways that there are, by their names.
enum Tiers {
  static let ofCalls: [String: any Tier.Type] = [
    "await": AwaitTier.self, "batch": BatchTier.self, "stream": StreamTier.self,
  ]

  /// Each work, and the tiers that it can be done in.
  static let text = """
    echo \(ofCalls.keys.sorted().joined(separator: " "))
    bulk await
    stream await
    storm
    idle
    """

  static func named(_ name: String) throws(Failure) -> any Tier.Type {
    guard let tier = ofCalls[name] else {
      throw Failure("there is no tier \(name); there are \(ofCalls.keys.sorted())")
    }
    return tier
  }
}

/// What the callers of one run are to do.
struct Load: Sendable {
  static let timeout: Duration = .seconds(30)

  let measurement: Measurement
  let clients: [EchoClient]
  let outstanding: Int
  let payload: Payload
  /// All connections are on it.
  let loop: EventLoop

  /// One call in so many is timed: looking at the clock for each would cost a fast call 5 %.
  var callsPerSample: Int { outstanding >= 16 && payload.bytes.count < 4_096 ? 8 : 1 }
}
