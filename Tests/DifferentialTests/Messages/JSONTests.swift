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

/// Texts that are not as either side writes them.
@Suite(Tier.isDifferential) struct JSONTextTests {
  /// What Python's package takes and we do not, by our reason: its reader is a general one of
  /// Python's behind which some rules are lost.
  static let stricter: Set<JSONError.Code> = [
    // Letters that are not base64 are skipped there.
    .invalidBase64,
    // `int()` of Python takes more than numbers of JSON.
    .invalidForm,
    // Numbers of an enum may stand in quotes there, and lose a fraction.
    .unknownEnumValue, .outOfRange,
  ]

  @Test("Texts with bytes changed are accepted and refused alike", arguments: Sample.all)
  func changed(sample: Sample) throws {
    let peer = try Peer()
    var random = SplitMix64(seed: 3)
    for seed in 0..<Environment.rounds {
      let answer = try peer.json(sample.name, try peer.make(sample.name, seed: seed))
      let text = try #require(answer.bytes)
      for _ in 0..<5 { try expectAlike(sample.type, Self.changed(text, using: &random), peer) }
    }
  }

  private static func changed(_ text: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let place = Int.random(in: text.indices, using: &random)
      let letter = Array(#"{}[]",:\u019-+.eEtfn aZ_"#.utf8).randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<3, using: &random) {
      case 0: text[place] = letter
      case 1: text.insert(letter, at: place)
      default: if text.count > 1 { text.remove(at: place) }
      }
    }
    return text
  }

  private func expectAlike<Message: JSONMessage>(
    _ type: Message.Type, _ text: [UInt8], _ peer: Peer
  ) throws {
    let theirs = try peer.parse(Message.jsonTypeName, text)
    let shown = String(decoding: text, as: UTF8.self)
    do {
      let ours = try Message(json: text, JSONReadingOptions(types: Samples.types)).encoded()
      guard let others = theirs.bytes else {
        Issue.record("only we accept \(shown): \(theirs)")
        return
      }
      let isEqual = try peer.finds(ours, equalTo: others, as: Message.jsonTypeName)
      #expect(isEqual, "\(shown)")
    } catch let error as JSONError {
      if theirs.bytes == nil || Self.stricter.contains(error.code) { return }
      Issue.record("only we refuse \(shown): \(error)")
    }
  }
}
