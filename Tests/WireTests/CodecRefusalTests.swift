// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import Wire
import WireCodec

/// Bytes that are no message, and messages that are too much.
struct CodecRefusalTests {
  struct Bad: Sendable, CustomTestStringConvertible {
    var bytes: [UInt8]
    var code: CodecError.Code
    var offset: Int

    var testDescription: String { "\(bytes.prefix(20)): \(code) at \(offset)" }

    init(_ bytes: [UInt8], _ code: CodecError.Code, _ offset: Int) {
      self.bytes = bytes
      self.code = code
      self.offset = offset
    }
  }

  static let endless = [UInt8](repeating: 0x80, count: 11)

  static let bad = [
    Bad([0x08], .truncated, 1),
    Bad([0x08, 0x80], .truncated, 2),
    Bad([0x08] + endless, .malformedVarint, 1),
    Bad([0x88, 0x80, 0x80, 0x80, 0x80, 0x00], .malformedVarint, 0),
    Bad([0x12, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00], .malformedVarint, 1),
    Bad([0x00], .invalidTag, 0),
    Bad([0x07], .invalidTag, 0),
    Bad([0x08, 0x01, 0x02, 0x00], .invalidTag, 2),
    Bad([0x46, 0x00], .invalidTag, 0),
    Bad([0x47, 0x00], .invalidTag, 0),
    Bad([0x88, 0x80, 0x80, 0x80, 0x10, 0x00], .invalidTag, 0),
    Bad([0x12, 0x05, 0x61], .truncated, 1),
    Bad([0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], .truncated, 1),
    Bad([0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .invalidLength, 1),
    Bad([0x12, 0x02, 0xC3, 0x28], .invalidUTF8, 2),
    Bad([0x12, 0x03, 0xED, 0xA0, 0x80], .invalidUTF8, 2),
    Bad([0x12, 0x02, 0xC0, 0x80], .invalidUTF8, 2),
    Bad([0x1A, 0x03, 0x12, 0x02, 0x61, 0x61], .truncated, 3),
    Bad([0x1A, 0x01, 0x08, 0x01], .truncated, 3),
    Bad([0x32, 0x02, 0x01, 0x80], .truncated, 4),
    Bad([0x43, 0x08, 0x01], .truncated, 3),
    Bad([0x43, 0x4C], .unmatchedGroup, 1),
    Bad([0x44], .unmatchedGroup, 0),
    Bad([0x49, 1, 2, 3], .truncated, 1),
  ]

  @Test("What is no message is refused with the reason and the place", arguments: bad)
  func refusals(bad: Bad) {
    #expect(throws: CodecError(bad.code, at: bad.offset)) { try Documented(decoding: bad.bytes) }
  }

  @Test("A packed list of fixed numbers that ends inside of one is refused")
  func packedFixed() {
    #expect(throws: CodecError(.invalidLength, at: 1)) {
      try Lists(decoding: [0x0A, 0x07, 0, 0, 0, 0, 0, 0, 0])
    }
  }

  @Test("Depth is limited: 100 messages inside of each other are read, 101 are not")
  func depth() throws {
    var tree = Documented()
    for _ in 0..<100 { tree = Documented(c: tree) }
    #expect(try Documented(decoding: tree.encoded()) == tree)
    let deeper = Documented(c: tree).encoded()
    let code = #expect(throws: CodecError.self) { try Documented(decoding: deeper) }
    #expect(code?.code == .tooDeep)
    let groups = [UInt8](repeating: 0x43, count: 1_000_000)
    let other = #expect(throws: CodecError.self) { try Nothing(decoding: groups) }
    #expect(other?.code == .tooDeep)
  }

  @Test("Elements of all lists and maps together are limited")
  func elements() throws {
    let limits = CodecLimits(elementsMax: 5)
    let most = Lists(int32s: [1, 2], looseInt32s: [3], strings: ["", ""]).encoded()
    #expect(try Lists(decoding: most, limits: limits).int32s == [1, 2])
    for more in [
      Lists(int32s: [1]), Lists(fixed32s: [1]), Lists(looseInt32s: [1]),
      Lists(scalars: [Scalars()]),
    ] {
      let error = #expect(throws: CodecError.self) {
        try Lists(decoding: most + more.encoded(), limits: limits)
      }
      #expect(error?.code == .tooManyElements)
    }
    let maps = Maps(names: [1: "", 2: "", 3: "", 4: "", 5: "", 6: ""]).encoded()
    let error = #expect(throws: CodecError.self) { try Maps(decoding: maps, limits: limits) }
    #expect(error?.code == .tooManyElements)
  }

  @Test("Bytes of a message are limited")
  func bytes() throws {
    let message = Documented(b: "12345678")
    #expect(
      try Documented(decoding: message.encoded(), limits: CodecLimits(bytesMax: 10)) == message)
    #expect(throws: CodecError(.tooLarge, at: 9)) {
      try Documented(decoding: message.encoded(), limits: CodecLimits(bytesMax: 9))
    }
  }

  @Test("An error says what is wrong and where, in words")
  func words() {
    let codes = CodecError.Code.allCases.map { CodecError($0, at: 12).description }
    #expect(Set(codes).count == codes.count)
    #expect(codes.allSatisfy { $0.hasSuffix(", at byte 12 of the message") })
  }
}
