// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import Wire
import WireCodec

/// Bytes as other programs write them: merged, packed or not, longer than needed, unknown.
struct CodecReadingTests {
  @Test("Of a singular field the last value wins")
  func lastWins() throws {
    #expect(try Documented(decoding: [0x08, 0x01, 0x08, 0x02]) == Documented(a: 2))
    #expect(try Documented(decoding: [0x08, 0x01, 0x08, 0x00]) == Documented())
    #expect(try Optionals(decoding: [0x18, 0x01, 0x18, 0x00]) == Optionals(int32Value: 0))
  }

  @Test("Messages that come twice merge, lists in them append")
  func mergedMessages() throws {
    let first = Documented(c: Documented(a: 1, b: "one", f: [1]))
    let second = Documented(c: Documented(b: "two", f: [2, 3]))
    #expect(
      try Documented(decoding: first.encoded() + second.encoded())
        == Documented(c: Documented(a: 1, b: "two", f: [1, 2, 3])))
  }

  @Test("The last member of a oneof wins; the same message member merges")
  func oneofs() throws {
    let number = Expression(kind: .number(1))
    let negated = Expression(kind: .negated(Expression(label: "a")))
    let more = Expression(kind: .negated(Expression(source: .file("b"))))
    #expect(try Expression(decoding: number.encoded() + negated.encoded()) == negated)
    #expect(try Expression(decoding: negated.encoded() + number.encoded()) == number)
    #expect(
      try Expression(decoding: negated.encoded() + more.encoded())
        == Expression(kind: .negated(Expression(label: "a", source: .file("b")))))
    // What came before another member is gone.
    #expect(
      try Expression(decoding: negated.encoded() + number.encoded() + more.encoded()) == more)
  }

  @Test("Lists of numbers are read packed and not packed, whatever the schema says")
  func packing() throws {
    let packed: [UInt8] = [0x32, 0x02, 0x01, 0x02]
    let loose: [UInt8] = [0x30, 0x01, 0x30, 0x02]
    #expect(try Documented(decoding: loose) == Documented(f: [1, 2]))
    #expect(try Documented(decoding: packed + loose + packed).f == [1, 2, 1, 2, 1, 2])
    #expect(try Documented(decoding: [0x32, 0x00]) == Documented())
    #expect(Lists(looseInt32s: [1, 2]).encoded() == [0x20, 0x01, 0x20, 0x02])
    #expect(try Lists(decoding: [0x22, 0x02, 0x01, 0x02]) == Lists(looseInt32s: [1, 2]))
  }

  @Test("A map's entry without key or value has their defaults; the last of two wins")
  func mapEntries() throws {
    #expect(try Maps(decoding: [0x0A, 0x00]) == Maps(counts: ["": 0]))
    #expect(try Maps(decoding: [0x0A, 0x02, 0x10, 0x05]) == Maps(counts: ["": 5]))
    #expect(try Maps(decoding: [0x22, 0x02, 0x08, 0x01]) == Maps(scalars: [-1: Scalars()]))
    // Value before key, a field that entries do not have, and a key of another wire type.
    #expect(
      try Maps(decoding: [0x0A, 0x09, 0x10, 0x05, 0x0A, 0x01, 0x61, 0x18, 0x01, 0x08, 0x01])
        == Maps(counts: ["a": 5]))
    let entry = [UInt8](Maps(counts: ["a": 1]).encoded())
    #expect(
      try Maps(decoding: entry + Maps(counts: ["a": 2]).encoded()) == Maps(counts: ["a": 2]))
  }

  @Test("Varints longer than needed are read, bits above the type's are dropped")
  func longVarints() throws {
    let padding = [UInt8](repeating: 0x80, count: 8)
    #expect(try Documented(decoding: [0x08, 0x81] + padding + [0x00]) == Documented(a: 1))
    #expect(
      try Documented(decoding: [0x08, 0x81, 0x80, 0x80, 0x80, 0x70]) == Documented(a: 1))
    #expect(try Scalars(decoding: [0x68, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]).boolValue)
    // The tenth byte has one bit of use.
    #expect(try Scalars(decoding: [0x30, 0x81] + padding + [0x7E]).uint64Value == 1)
    // Tags and lengths of up to five bytes.
    #expect(try Documented(decoding: [0x88, 0x80, 0x80, 0x80, 0x00, 0x07]) == Documented(a: 7))
    #expect(
      try Documented(decoding: [0x12, 0x81, 0x80, 0x80, 0x80, 0x00, 0x61])
        == Documented(b: "a"))
  }

  @Test("Numbers of enums without a name are kept")
  func openEnums() throws {
    let message = try Lists(decoding: [0x82, 0x01, 0x03, 0x01, 0x07, 0x00])
    #expect(message.moods == [.good, .unrecognized(7), .unspecified])
    #expect(message.encoded() == [0x82, 0x01, 0x03, 0x01, 0x07, 0x00])
  }

  @Test("Unknown fields are kept, in their order, behind the known ones")
  func unknownFields() throws {
    let newer = Lists(
      doubles: [1.5], int32s: [-1], strings: ["a"], chunks: [[1]], scalars: [Scalars()])
    let old = try OldLists(decoding: newer.encoded())
    #expect(old.strings == ["a"])
    #expect(!old.unknownFields.isEmpty)
    #expect(try Lists(decoding: old.encoded()) == newer)
    #expect(try OldLists(decoding: old.encoded()) == old)
    #expect(old != OldLists(strings: ["a"]))
  }

  @Test("A field with another wire type than the schema's is unknown")
  func otherWireType() throws {
    let bytes: [UInt8] = [0x0D, 1, 2, 3, 4]
    let message = try Documented(decoding: bytes)
    #expect(message.a == 0)
    #expect(message.unknownFields.bytes == bytes)
    #expect(message.encoded() == bytes)
  }

  @Test("Groups of old peers are unknown fields")
  func groups() throws {
    let bytes: [UInt8] = [0x43, 0x08, 0x01, 0x4B, 0x4C, 0x12, 0x01, 0x44, 0x44]
    let message = try Nothing(decoding: bytes)
    #expect(message.unknownFields.bytes == bytes)
  }

  @Test("A message that contains itself is read and written")
  func recursion() throws {
    var tree = Tree(name: "leaf")
    for depth in 0..<90 {
      tree = Tree(name: "\(depth)", left: tree, children: [Tree()], branch: Branch(tree: Tree()))
    }
    #expect(try Tree(decoding: tree.encoded()) == tree)
    tree.left?.name = "changed"
    #expect(tree.left?.name == "changed")
    tree.left = nil
    #expect(tree.left == nil)
  }

  /// 20,000 pieces behind one of 4 MiB. If each piece copied what came before, it would be 80 GB.
  @Test("What comes in many pieces is put together without a copy for each")
  func manyPieces() throws {
    let pieces = 20_000
    let unknown = UnknownFields(bytes: [0xB0, 0x3E, 0x01])
    var large = UnknownFields(bytes: [0xB2, 0x3E, 0x80, 0x80, 0x80, 0x02])
    large.bytes += Array(repeating: 0, count: 4 << 20)
    let bytes = large.bytes.count + pieces * unknown.bytes.count

    func joined(_ message: (UnknownFields) -> some WireMessage) -> [UInt8] {
      message(large).encoded()
        + [[UInt8]](repeating: message(unknown).encoded(), count: pieces).joined()
    }
    let boxed = try Tree(decoding: joined { Tree(left: Tree(unknown: $0)) })
    #expect(boxed.left?.unknownFields.bytes.count == bytes)
    let member = try Expression(
      decoding: joined { Expression(kind: .negated(Expression(unknown: $0))) })
    guard case .negated(let negated) = member.kind else {
      Issue.record("the member is another one: \(member)")
      return
    }
    #expect(negated.unknownFields.bytes.count == bytes)

    let first = Lists(fixed32s: Array(repeating: 7, count: 1 << 20)).encoded()
    let next = [[UInt8]](repeating: Lists(fixed32s: [8]).encoded(), count: pieces).joined()
    #expect(try Lists(decoding: first + next).fixed32s.count == (1 << 20) + pieces)
  }

  @Test("A map's entry without its message is read only where the message can be written")
  func entryWithoutMessage() throws {
    let entry: [UInt8] = [0x22, 0x00]
    let maps = try Maps(decoding: entry, limits: CodecLimits(depthMax: 2))
    #expect(maps.scalars == [0: Scalars()])
    #expect(try Maps(decoding: maps.encoded(), limits: CodecLimits(depthMax: 2)) == maps)
    let error = #expect(throws: CodecError.self) {
      try Maps(decoding: entry, limits: CodecLimits(depthMax: 1))
    }
    #expect(error?.code == .tooDeep)
  }

  @Test("A large message costs the one around it a word, and is a value like any other")
  func large() throws {
    #expect(MemoryLayout<Address>.size > 256 && MemoryLayout<Person>.size <= 48)
    var person = Person(home: Address(a: "first", p: "last"), other: .work(Address(b: "second")))
    #expect(try Person(decoding: person.encoded()) == person)
    let before = person
    person.home?.a = "changed"
    #expect(person.home?.a == "changed" && before.home?.a == "first" && person != before)
    // Two that come for one field are merged.
    let other = Person(home: Address(b: "more"))
    let merged = try Person(decoding: before.encoded() + other.encoded())
    #expect(merged.home == Address(a: "first", b: "more", p: "last"))
  }
}

extension Tree {
  fileprivate init(unknown: UnknownFields) {
    self.init()
    unknownFields = unknown
  }
}

extension Expression {
  fileprivate init(unknown: UnknownFields) {
    self.init()
    unknownFields = unknown
  }
}
