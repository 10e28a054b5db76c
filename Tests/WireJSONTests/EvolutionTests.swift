// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireSamples

/// Old programs read what new ones write, new ones what old ones write, and nothing is lost on the
/// way through either.
struct EvolutionTests {
  /// Reads a message as another version of its type. The other version's program writes it again,
  /// and this one finds it unchanged.
  private func passed<Message: WireMessage, Other: WireMessage>(
    _ message: Message, through: Other.Type = Other.self
  ) throws -> Other {
    let other = try Other(decoding: message.encoded())
    #expect(try Message(decoding: other.encoded()) == message)
    return other
  }

  @Test("A field is added: old programs keep it")
  func added() throws {
    let new = AddedAfter(name: "a", more: [.min, 5], inner: AddedAfter(name: "b"))
    let old: AddedBefore = try passed(new)
    #expect(old.name == "a")
    #expect(!old.unknownFields.isEmpty)
    #expect(try passed(AddedBefore(name: "x")) == AddedAfter(name: "x"))
    // What an old program changes is changed, all else stays.
    var changed = old
    changed.name = "c"
    #expect(
      try AddedAfter(decoding: changed.encoded())
        == AddedAfter(name: "c", more: [.min, 5], inner: AddedAfter(name: "b")))
  }

  @Test("A field is taken out: new programs keep it")
  func removed() throws {
    let old = RemovedBefore(kept: -1, removed: "gone")
    #expect(try passed(old, through: RemovedAfter.self).kept == -1)
    #expect(try passed(RemovedAfter(kept: 7)) == RemovedBefore(kept: 7))
  }

  @Test("Fields are added inside of messages, lists, maps and oneofs")
  func nested() throws {
    let inner = AddedAfter(name: "i", more: [1])
    let new = NestedAfter(
      one: inner, many: [inner, AddedAfter()], named: ["k": inner], pick: .picked(inner))
    let old: NestedBefore = try passed(new)
    #expect(old.one?.name == "i")
    #expect(old.many.count == 2)
    #expect(old.named["k"]?.name == "i")
    // A member of a oneof that the old program does not know.
    let text: NestedBefore = try passed(NestedAfter(pick: .text("t")))
    #expect(text.pick == nil)
  }

  @Test("A field gets another name")
  func renamed() throws {
    #expect(try passed(RenamedBefore(user: "u")) == RenamedAfter(proxyUser: "u"))
    #expect(try passed(RenamedAfter(proxyUser: "u")) == RenamedBefore(user: "u"))
  }

  @Test("Numbers get more bits: what fits the old type is the same in both")
  func widened() throws {
    let old = WidenedBefore(signed: .min, unsigned: .max, zigZag: -5, list: [.min, .max, 0])
    let new = WidenedAfter(
      signed: Int64(Int32.min), unsigned: UInt64(UInt32.max), zigZag: -5,
      list: [Int64(Int32.min), Int64(Int32.max), 0])
    #expect(try passed(old) == new)
    #expect(try passed(new) == old)
  }

  @Test("Numbers of four and eight bytes change their sign")
  func signs() throws {
    #expect(
      try passed(SignedBefore(four: .max, eight: 1 << 63)) == SignedAfter(four: -1, eight: .min))
    #expect(try passed(SignedAfter(four: .min)) == SignedBefore(four: 1 << 31))
  }

  @Test("A field gets presence")
  func presence() throws {
    #expect(try passed(PresenceBefore(number: 3)) == PresenceAfter(number: 3))
    #expect(try passed(PresenceBefore()) == PresenceAfter(number: nil))
    #expect(try PresenceBefore(decoding: PresenceAfter(number: 0).encoded()) == PresenceBefore())
  }

  @Test("An optional field moves into a oneof")
  func oneof() throws {
    #expect(try passed(OneofBefore(text: "")) == OneofAfter(what: .text("")))
    #expect(try passed(OneofAfter(what: .text("t"))) == OneofBefore(text: "t"))
    #expect(try passed(OneofAfter(what: .number(5)), through: OneofBefore.self).text == nil)
  }

  @Test("An enum gets a value, and a number becomes an enum")
  func enums() throws {
    let new = EnumAfter(speed: .fast, level: .fast, speeds: [.slow, .fast, .unrecognized(9)])
    let old: EnumBefore = try passed(new)
    #expect(old.speed == .unrecognized(1))
    #expect(old.level == 1)
    #expect(old.speeds == [.slow, .unrecognized(1), .unrecognized(9)])
    #expect(try passed(EnumBefore(level: -77)) == EnumAfter(level: .unrecognized(-77)))
  }

  @Test("A string becomes bytes, and bytes become the message that they hold")
  func bytes() throws {
    let inner = AddedBefore(name: "n")
    let new: BytesAfter = try passed(BytesBefore(text: "é", inner: inner.encoded()))
    #expect(new == BytesAfter(text: [0xC3, 0xA9], inner: inner))
    #expect(try passed(new) == BytesBefore(text: "é", inner: inner.encoded()))
  }

  @Test("Lists are packed, or not any more")
  func packing() throws {
    let old = PackingBefore(numbers: [1, -1, 300], others: [0.5, -0.0])
    #expect(try passed(old) == PackingAfter(numbers: [1, -1, 300], others: [0.5, -0.0]))
    #expect(try passed(PackingAfter(numbers: [5])) == PackingBefore(numbers: [5]))
  }

  @Test("A single value becomes a list; an old program sees the last one")
  func lists() throws {
    #expect(
      try passed(ListBefore(text: "t", inner: AddedBefore(name: "i")))
        == ListAfter(text: ["t"], inner: [AddedBefore(name: "i")]))
    #expect(
      try ListBefore(decoding: ListAfter(text: ["a", "b"]).encoded()) == ListBefore(text: "b"))
  }

  @Test("A list of pairs becomes a map")
  func maps() throws {
    let old = MapBefore(entries: [.init(key: "a", value: 1), .init(key: "b", value: -2)])
    #expect(try passed(old) == MapAfter(entries: ["a": 1, "b": -2]))
    #expect(
      try passed(MapAfter(entries: ["": 0]), through: MapBefore.self).entries == [MapBefore.Entry()]
    )
  }
}
