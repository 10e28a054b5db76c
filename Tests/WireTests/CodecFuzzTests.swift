// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Wire
import WireCodec

/// Bytes from anywhere, and messages cut at each place. Seeded: a failure can be run again.
struct CodecFuzzTests {
  static let full = Lists(
    doubles: [1, -2.5, .infinity], int32s: [0, -1, 300], looseInt32s: [5, 6],
    sint64s: [.min, .max],
    fixed32s: [1, 2], bools: [true, false], strings: ["", "é", "long enough for the heap"],
    chunks: [[], [0, 255]], moods: [.good, .unrecognized(99)],
    scalars: [
      Scalars(
        doubleValue: 1, floatValue: -0.0, int32Value: -5, int64Value: .min, uint32Value: .max,
        uint64Value: .max, sint32Value: -7, sint64Value: 8, fixed32Value: 9, fixed64Value: 10,
        sfixed32Value: -11, sfixed64Value: -12, boolValue: true, stringValue: "x",
        bytesValue: [1], mood: .bad)
    ])

  static let maps = Maps(
    counts: ["a": 1, "b": -1], names: [-1: "x"], flags: [true: [1], false: []],
    scalars: [5: Scalars(int32Value: 1)], moods: [7: .good])

  static let expression = Expression(
    kind: .sum(
      Expression.Pair(first: Expression(kind: .number(1)), second: Expression(label: "b"))),
    label: "l", source: .file("f"), chain: .next(Expression(source: .nothing(Nothing()))))

  @Test("A message cut at any byte is refused, or is a message again")
  func cuts() throws {
    try expectCuts(Self.full)
    try expectCuts(Self.maps)
    try expectCuts(Self.expression)
    try expectCuts(Tree(name: "a", left: Tree(name: "b"), children: [Tree(name: "c"), Tree()]))
  }

  private func expectCuts<Message: WireMessage>(_ message: Message) throws {
    let bytes = message.encoded()
    #expect(bytes.count == message.encodedSize)
    #expect(try Message(decoding: bytes) == message)
    var refused = 0
    for cut in bytes.indices {
      // Memory of exactly this length: to read past it is found by address sanitizer.
      let part = Array(bytes[..<cut])
      do {
        expectStable(try Message(decoding: part), atMost: part.count * 2)
      } catch {
        refused += 1
        #expect(error.offset <= cut)
      }
    }
    #expect(refused > 0)
  }

  /// A message that was read is written to bytes that mean the same. Compared as bytes: NaN is not
  /// equal to itself.
  private func expectStable<Message: WireMessage>(_ message: Message, atMost count: Int) {
    let bytes = message.encoded()
    #expect(bytes.count == message.encodedSize)
    #expect(bytes.count <= count)
    let again = try? Message(decoding: bytes)
    #expect(again?.encoded() == bytes)
  }

  @Test(
    "100,000 inputs of random bytes are refused or read, and never more than is there",
    arguments: 0..<10)
  func randomBytes(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<2000 {
      let count = Int.random(in: 0..<48, using: &random)
      let bytes = (0..<count).map { _ in Self.byte(&random) }
      expectNoTrap(Lists.self, bytes)
      expectNoTrap(Maps.self, bytes)
      expectNoTrap(Expression.self, bytes)
      expectNoTrap(Tree.self, bytes)
      expectNoTrap(Optionals.self, bytes)
    }
  }

  /// Small numbers are more likely: they are tags and lengths.
  static func byte(_ random: inout SplitMix64) -> UInt8 {
    Bool.random(using: &random)
      ? UInt8.random(in: 0...255, using: &random) : UInt8.random(in: 0...40, using: &random)
  }

  @Test("Messages with random damage are refused or read", arguments: 0..<10)
  func damage(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed) + 500)
    for _ in 0..<1000 {
      expectNoTrap(Lists.self, Self.damaged(Self.full.encoded(), &random))
      expectNoTrap(Maps.self, Self.damaged(Self.maps.encoded(), &random))
      expectNoTrap(Expression.self, Self.damaged(Self.expression.encoded(), &random))
    }
  }

  private static func damaged(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] = byte(&random)
    }
    return bytes
  }

  private func expectNoTrap<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) {
    do {
      // A singular number of one byte can become ten; defaults of map entries add four.
      expectStable(try Message(decoding: bytes), atMost: bytes.count * 12)
    } catch {
      #expect(error.offset <= bytes.count)
    }
  }
}
