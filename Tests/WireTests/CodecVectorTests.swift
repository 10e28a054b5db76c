// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import Wire
internal import WireCodec
internal import WireWellKnown

/// Bytes that are known: from protobuf's page on its encoding, and worked out by hand.
struct CodecVectorTests {
  /// A message with its bytes; both ways must agree.
  private func expect<Message: WireMessage>(_ message: Message, _ bytes: [UInt8]) throws {
    #expect(message.encoded() == bytes)
    #expect(message.encodedSize == bytes.count)
    #expect(try Message(decoding: bytes) == message)
  }

  @Test("The examples of protobuf's documentation")
  func documentation() throws {
    try expect(Documented(a: 150), [0x08, 0x96, 0x01])
    try expect(Documented(b: "testing"), [0x12, 0x07] + Array("testing".utf8))
    try expect(Documented(c: Documented(a: 150)), [0x1A, 0x03, 0x08, 0x96, 0x01])
    try expect(
      Documented(f: [3, 270, 86_942]), [0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05])
    try expect(
      Scalars(int64Value: -2),
      [0x20, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])
  }

  @Test("Protobuf's well-known types, as protoc encodes them")
  func wellKnown() throws {
    let list = ListValue(values: [
      Value(kind: .boolValue(true)), Value(kind: .nullValue(.nullValue)),
    ])
    try expect(
      WellKnown(
        any: AnyMessage(typeURL: "t/x", value: [1]),
        struct: Struct(fields: ["a": Value(kind: .listValue(list))]),
        timestamp: WireWellKnown.Timestamp(seconds: 1_700_000_000, nanos: 5),
        when: .at(WireWellKnown.Timestamp(seconds: -1)), ownTimestamp: Timestamp(text: "now")),
      [
        0x0A, 0x08, 0x0A, 0x03, 0x74, 0x2F, 0x78, 0x12, 0x01, 0x01, 0x2A, 0x11, 0x0A, 0x0F, 0x0A,
        0x01, 0x61, 0x12, 0x0A, 0x32, 0x08, 0x0A, 0x02, 0x20, 0x01, 0x0A, 0x02, 0x08, 0x00, 0x4A,
        0x08, 0x08, 0x80, 0xE2, 0xCF, 0xAA, 0x06, 0x10, 0x05, 0xAA, 0x01, 0x0B, 0x08, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0xBA, 0x01, 0x05, 0x0A, 0x03, 0x6E, 0x6F,
        0x77,
      ])
  }

  @Test("An empty message has no bytes, and defaults are left out")
  func defaults() throws {
    try expect(Scalars(), [])
    try expect(Optionals(), [])
    try expect(Lists(), [])
    try expect(Scalars(doubleValue: 0, boolValue: false, stringValue: "", mood: .unspecified), [])
  }

  @Test("An optional field with its default is written")
  func presence() throws {
    try expect(Optionals(int32Value: 0), [0x18, 0x00])
    try expect(Optionals(stringValue: ""), [0x72, 0x00])
    try expect(Optionals(boolValue: false, mood: .unspecified), [0x68, 0x00, 0x80, 0x01, 0x00])
    try expect(Optionals(scalars: Scalars()), [0x8A, 0x01, 0x00])
  }

  @Test("Minus zero is not the default")
  func minusZero() throws {
    try expect(Scalars(floatValue: -0.0), [0x15, 0x00, 0x00, 0x00, 0x80])
    try expect(Scalars(doubleValue: -0.0), [0x09, 0, 0, 0, 0, 0, 0, 0, 0x80])
  }

  @Test(
    "Zigzag numbers",
    arguments: [
      (0, []), (-1, [0x38, 0x01]), (1, [0x38, 0x02]), (-2, [0x38, 0x03]),
      (Int32.max, [0x38, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F]),
      (Int32.min, [0x38, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
    ] as [(Int32, [UInt8])])
  func zigZag(value: Int32, bytes: [UInt8]) throws {
    try expect(Scalars(sint32Value: value), bytes)
  }

  @Test("Fixed numbers are little endian")
  func fixed() throws {
    try expect(Scalars(fixed32Value: 0x0403_0201), [0x4D, 1, 2, 3, 4])
    try expect(Scalars(fixed64Value: 0x0807_0605_0403_0201), [0x51, 1, 2, 3, 4, 5, 6, 7, 8])
    try expect(Scalars(sfixed32Value: -1), [0x5D, 0xFF, 0xFF, 0xFF, 0xFF])
    try expect(Scalars(floatValue: 1), [0x15, 0, 0, 0x80, 0x3F])
    try expect(Scalars(doubleValue: 1), [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }

  @Test("A negative enum takes ten bytes, as int32 does")
  func negativeEnum() throws {
    let ones = [UInt8](repeating: 0xFF, count: 9)
    try expect(Scalars(mood: .bad), [0x80, 0x01] + ones + [0x01])
    try expect(Scalars(int32Value: -1), [0x18] + ones + [0x01])
  }

  @Test("Fields are written in order of their numbers, those of oneofs too")
  func order() throws {
    try expect(
      Expression(kind: .number(0), label: "l", source: .file("f")),
      [0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x22, 0x01, 0x66, 0x2A, 0x01, 0x6C])
    try expect(
      Expression(label: "l", source: .nothing(Nothing())), [0x2A, 0x01, 0x6C, 0x32, 0x00])
  }

  @Test("Entries of maps are in order of their keys, strings by their bytes")
  func maps() throws {
    try expect(
      Maps(counts: ["b": 2, "a": 1, "": 3]),
      [
        0x0A, 0x04, 0x0A, 0x00, 0x10, 0x03, 0x0A, 0x05, 0x0A, 0x01, 0x61, 0x10, 0x01, 0x0A, 0x05,
        0x0A, 0x01, 0x62, 0x10, 0x02,
      ])
    try expect(
      Maps(flags: [true: [], false: [7]]),
      [0x1A, 0x05, 0x08, 0x00, 0x12, 0x01, 0x07, 0x1A, 0x04, 0x08, 0x01, 0x12, 0x00])
  }

  @Test(
    "A message of more than 127 bytes has a length of more than one byte",
    arguments: [
      0, 1, 100, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152,
    ])
  func lengths(count: Int) throws {
    let text = String(repeating: "x", count: count)
    let inner = Documented(b: text)
    let outer = Documented(a: 1, c: Documented(a: 2, c: inner), f: [7])
    let bytes = outer.encoded()
    #expect(bytes.count == outer.encodedSize)
    #expect(try Documented(decoding: bytes) == outer)
  }

  @Test("The size of a varint is that of its bits", arguments: 0..<64)
  func varintSizes(bit: Int) {
    #expect(Varint.size(1 << UInt64(bit)) == bit / 7 + 1)
    #expect(Varint.size((1 << UInt64(bit)) - 1) == max(1, (bit + 6) / 7))
  }
}
