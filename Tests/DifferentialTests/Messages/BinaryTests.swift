// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import WireCodec

/// Bytes that protobuf's own runtime has written, and what it makes of ours.
@Suite(Tier.isDifferential) struct BinaryTests {
  @Test("Random messages are read, and written with the same bytes", arguments: Sample.all)
  func sameBytes(sample: Sample) throws {
    let peer = try Peer()
    for seed in 0..<Environment.rounds * 5 {
      let theirs = try peer.make(sample.name, seed: seed)
      guard case .accepted(let ours) = sample.read(theirs) else {
        Issue.record("we refuse \(sample.name) \(Hex.text(theirs))")
        continue
      }
      let isEqual = try peer.finds(ours, equalTo: theirs, as: sample.name)
      #expect(isEqual, "\(sample.name) \(Hex.text(theirs))")
    }
  }

  /// By the merge rules: values that come again, members of a oneof that take turns, lists in
  /// pieces, keys that come twice.
  @Test("Two messages one behind the other merge alike", arguments: Sample.all)
  func merged(sample: Sample) throws {
    let peer = try Peer()
    for seed in 0..<Environment.rounds {
      let bytes = try (0..<3).flatMap { try peer.make(sample.name, seed: seed * 3 + $0) }
      try expectAlike(sample, bytes, peer)
    }
  }

  @Test("Cut anywhere and with bytes changed they are refused alike", arguments: Sample.all)
  func damaged(sample: Sample) throws {
    let peer = try Peer()
    var random = SplitMix64(seed: 1)
    for seed in 0..<Environment.rounds {
      let whole = try peer.make(sample.name, seed: seed)
      for _ in 0..<8 where !whole.isEmpty {
        var bytes = whole
        if random.chance(40) {
          bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        } else {
          for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            bytes[place] = UInt8.random(in: 0...(random.chance(50) ? 255 : 40), using: &random)
          }
        }
        try expectAlike(sample, bytes, peer)
      }
    }
  }

  /// Lengths stay right here, so that the damage reaches the inside of messages.
  @Test(
    "With fields dropped, doubled, swapped and retyped they are read alike", arguments: Sample.all)
  func rearranged(sample: Sample) throws {
    let peer = try Peer()
    var random = SplitMix64(seed: 2)
    for seed in 0..<Environment.rounds {
      let whole = try peer.make(sample.name, seed: seed)
      for _ in 0..<8 {
        let bytes = FieldList.rearranged(whole, sample.hasMaps ? .order : .all, using: &random)
        try expectAlike(sample, bytes, peer)
      }
    }
  }

  /// One list of each of these types has the other's numbers.
  @Test("Lists are read packed and not packed", arguments: ["PackedLists", "LooseLists"])
  func packing(written: String) throws {
    let peer = try Peer()
    let other = written == "PackedLists" ? "LooseLists" : "PackedLists"
    let sample = try #require(Sample.all.first { $0.name == "samples.lists.\(other)" })
    for seed in 0..<Environment.rounds * 3 {
      try expectAlike(sample, try peer.make("samples.lists.\(written)", seed: seed), peer)
    }
  }

  /// The one difference: Python's runtime keeps an entry of a map that has other fields than key and
  /// value as an unknown field of the message, ours drops such fields from the entry.
  @Test("An entry of a map with a field of its own")
  func foreignEntries() throws {
    let sample = try #require(Sample.all.first { $0.name == "samples.maps.Stone" })
    let bytes: [UInt8] = [0x12, 0x07, 0x0A, 0x01, 0x61, 0x12, 0x00, 0x18, 0x01]
    #expect(try Peer().read(sample.name, bytes) == .accepted(bytes))
    #expect(sample.read(bytes) == .accepted([0x12, 0x05, 0x0A, 0x01, 0x61, 0x12, 0x00]))
  }

  private func expectAlike(_ sample: Sample, _ bytes: [UInt8], _ peer: Peer) throws {
    let theirs = try peer.read(sample.name, bytes)
    switch (sample.read(bytes), theirs) {
    case (.accepted(let ours), .accepted(let others)):
      let isEqual =
        try peer.finds(ours, equalTo: others, as: sample.name)
        // An entry of a map that they keep as an unknown field: see `foreignEntries`.
        || sample.hasMaps && sample.read(others) == .accepted(ours)
      #expect(isEqual, "\(sample.name) \(Hex.text(bytes)) \(Hex.text(ours)) \(Hex.text(others))")
    case (.refused, .refused): break
    case (.accepted, .refused(let reason)):
      Issue.record("only we accept \(sample.name) \(Hex.text(bytes)): \(reason)")
    case (.refused, .accepted):
      Issue.record("only we refuse \(sample.name) \(Hex.text(bytes))")
    }
  }
}
