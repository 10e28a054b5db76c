// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

/// JSON that protobuf's own runtime has written, and what it makes of ours.
@Suite(Tier.isDifferential) struct JSONTests {
  static let writing: [(letters: String, options: JSONWritingOptions)] = [
    ("", JSONWritingOptions(types: Samples.types)),
    ("d", JSONWritingOptions(defaults: .printed, types: Samples.types)),
    ("n", JSONWritingOptions(names: .schema, types: Samples.types)),
    ("e", JSONWritingOptions(enums: .numbers, types: Samples.types)),
    (
      "dne",
      JSONWritingOptions(
        defaults: .printed, names: .schema, enums: .numbers, types: Samples.types)
    ),
  ]

  @Test("Random messages' JSON means the same on both sides", arguments: Sample.all)
  func sameMeaning(sample: Sample) throws {
    let peer = try Peer()
    for seed in 0..<Environment.rounds * 2 {
      let bytes = try peer.make(sample.name, seed: seed)
      let (letters, options) = Self.writing[seed % Self.writing.count]
      try expectAlike(sample.type, bytes, letters, options, peer)
    }
  }

  private func expectAlike<Message: JSONMessage>(
    _ type: Message.Type, _ bytes: [UInt8], _ letters: String, _ options: JSONWritingOptions,
    _ peer: Peer
  ) throws {
    let name = Message.jsonTypeName
    let theirs = try peer.json(name, bytes, options: letters)
    let text = try #require(theirs.bytes, "\(name) \(Hex.text(bytes)): \(theirs)")
    let message = try Message(decoding: bytes)
    let ours = try message.jsonBytes(options)
    // What is not known is lost in JSON, on both sides.
    let answer = try peer.parse(name, text)
    let known = try #require(answer.bytes, "\(name) \(answer)")
    #expect(
      try peer.parse(name, ours) == .accepted(known), "\(String(decoding: ours, as: UTF8.self))")
    let reading = JSONReadingOptions(types: Samples.types)
    let read = try Message(json: text, reading).encoded()
    let isEqual = try peer.finds(read, equalTo: known, as: name)
    #expect(isEqual, "\(String(decoding: text, as: UTF8.self))")
    #expect(try Message(json: ours, reading).encoded() == read)
  }
}
