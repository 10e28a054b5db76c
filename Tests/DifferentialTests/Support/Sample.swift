// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

/// A message type of the sample schemas.
struct Sample: Sendable, CustomTestStringConvertible {
  var type: any JSONMessage.Type

  var name: String { type.jsonTypeName }
  var testDescription: String { name }

  /// Types that between them have all that proto3 has.
  static let all = Samples.all.map { Sample(type: $0) }

  /// Whether it has maps, or contains a message with maps.
  var hasMaps: Bool {
    ["maps", "recursion", "enums", "numbers", "well_known", "proto3", "evolution", "random"]
      .contains {
        name.contains(".\($0)")
      }
  }

  enum Reading: Equatable {
    case accepted([UInt8])
    case refused
  }

  /// Bytes, read as this type and written again.
  func read(_ bytes: [UInt8]) -> Reading {
    do {
      return .accepted(try type.init(decoding: bytes).encoded())
    } catch {
      return .refused
    }
  }
}

/// Only with protobuf's own programs at hand; `make test-differential` brings them.
enum Tier {
  static let isDifferential = ConditionTrait.enabled(
    if: Environment.tier == "differential", "needs protobuf's Python package")
}
