// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

/// Messages that are made in Swift, and what protobuf's own runtime makes of their bytes and their
/// JSON.
@Suite(Tier.isDifferential) struct MadeHereTests {
  @Test("Messages made here are read there with nothing lost")
  func madeHere() throws {
    let peer = try Peer()
    var maker = SampleMaker(random: SplitMix64(seed: 7))
    for _ in 0..<Environment.rounds * 5 {
      try expectRead(maker.scalars(), peer)
      try expectRead(maker.optionals(), peer)
      try expectRead(maker.lists(), peer)
      try expectRead(maker.maps(), peer)
      try expectRead(maker.node(depth: 0), peer)
    }
  }

  private func expectRead<Message: JSONMessage>(_ message: Message, _ peer: Peer) throws {
    let bytes = message.encoded()
    #expect(bytes.count == message.encodedSize)
    let answer = try peer.read(Message.jsonTypeName, bytes)
    let theirs = try #require(answer.bytes, "\(answer)")
    #expect(try Message(decoding: theirs).encoded() == bytes)
    let json = try message.jsonBytes()
    #expect(try peer.parse(Message.jsonTypeName, json) == .accepted(theirs))
  }
}

/// Random values by the initializers that programs use.
struct SampleMaker {
  var random: SplitMix64

  mutating func scalars() -> PlainScalars {
    PlainScalars(
      doubleValue: .init(Int.random(in: -1000...1000, using: &random)) / 7,
      floatValue: .init(Int.random(in: -1000...1000, using: &random)) / 8,
      int32Value: number(), int64Value: number(), uint32Value: number(), uint64Value: number(),
      sint32Value: number(), sint64Value: number(), fixed32Value: number(),
      fixed64Value: number(), sfixed32Value: number(), sfixed64Value: number(),
      boolValue: Bool.random(using: &random), stringValue: text(), bytesValue: bytes(),
      colour: [.none, .red, .blue, .dark, .unrecognized(77)].randomElement(using: &random) ?? .none)
  }

  mutating func optionals() -> OptionalScalars {
    OptionalScalars(
      doubleValue: 0, int32Value: number(), stringValue: random.chance(50) ? text() : nil,
      bytesValue: random.chance(50) ? bytes() : nil, colour: random.chance(50) ? .dark : nil,
      plain: random.chance(50) ? scalars() : nil)
  }

  mutating func lists() -> PackedLists {
    PackedLists(
      floatList: [0, -0.0, 1.5], int32List: many { $0.number() }, uint64List: many { $0.number() },
      sint64List: many { $0.number() }, fixed32List: many { $0.number() },
      boolList: [true, false], stringList: many { $0.text() }, bytesList: many { $0.bytes() },
      sizes: [.large, .unrecognized(-1)],
      items: many { Item(amount: $0.number(), parts: [Item()]) })
  }

  mutating func maps() -> AllMaps {
    AllMaps(
      ofInt64: Dictionary(many { ($0.number(), $0.number()) }) { $1 },
      ofString: Dictionary(many { ($0.number(), $0.text()) }) { $1 },
      stones: Dictionary(many { ($0.text(), Stone(name: $0.text())) }) { $1 },
      weights: [.min: .heavy, 0: .light])
  }

  mutating func node(depth: Int) -> Node {
    var node = Node(id: number())
    if depth < 4, random.chance(60) { node.next = self.node(depth: depth + 1) }
    if depth < 4, random.chance(40) { node.children = [self.node(depth: depth + 1), Node()] }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: node.kind = .leaf(text())
    case 1: node.kind = .edge(Edge(from: Node(id: 1), hop: Edge.Hop(edge: Edge(), cost: number())))
    case 2 where depth < 4: node.kind = .same(self.node(depth: depth + 1))
    default: break
    }
    return node
  }

  private mutating func number<Value: FixedWidthInteger>() -> Value {
    random.chance(50)
      ? [.min, .max, 0, 1, 127, Value(truncatingIfNeeded: -1)].randomElement(using: &random) ?? 0
      : Value.random(in: .min ... .max, using: &random)
  }

  private mutating func text() -> String {
    ["", "a", "é", "\u{1F600}\n", String(repeating: "x", count: 130)].randomElement(using: &random)
      ?? ""
  }

  private mutating func bytes() -> [UInt8] {
    (0..<Int.random(in: 0...5, using: &random)).map { _ in number() }
  }

  private mutating func many<Value>(_ make: (inout SampleMaker) -> Value) -> [Value] {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in make(&self) }
  }
}
