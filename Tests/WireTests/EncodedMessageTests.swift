// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
@testable import Wire
@testable import WireCodec

@Suite("Messages whose last value stands apart")
struct EncodedMessageTests {
  static let long = (0..<EncodedMessage.tailBytesMin + 5).map { UInt8(truncatingIfNeeded: $0) }

  @Test("A long value of type bytes that ends a message is neither copied in nor out")
  func apart() throws {
    let message = Scalars(int32Value: 7, bytesValue: Self.long)
    let encoded = message.encodedApart()
    #expect(encoded.tail.count == Self.long.count)
    #expect(encoded.head.count < 16)
    #expect(encoded.joined == message.encoded())
    #expect(Self.place(of: encoded.tail) == Self.place(of: message.bytesValue))
    let read = try Scalars(decoding: encoded)
    #expect(read == message)
    #expect(Self.place(of: read.bytesValue) == Self.place(of: encoded.tail))
  }

  private static func place(of bytes: [UInt8]) -> UnsafeRawPointer? {
    bytes.withUnsafeBytes { $0.baseAddress }
  }

  @Test("What is short, is followed, or lies in another message stays where it is")
  func together() throws {
    let short = Scalars(bytesValue: Array(Self.long.prefix(1000)))
    let followed = Scalars(bytesValue: Self.long, mood: .bad)
    let long = String(repeating: "x", count: EncodedMessage.headBytesMax)
    let behindMuch = Scalars(stringValue: long, bytesValue: Self.long)
    for message in [short, followed, behindMuch] {
      let encoded = message.encodedApart()
      #expect(encoded.tail.isEmpty)
      #expect(encoded.head == message.encoded())
      #expect(try Scalars(decoding: encoded) == message)
    }
    let inside = Lists(scalars: [Scalars(bytesValue: Self.long)])
    #expect(inside.encodedApart().tail.isEmpty)
    #expect(try Lists(decoding: inside.encodedApart()) == inside)
    let map = Maps(flags: [true: Self.long])
    #expect(map.encodedApart().joined == map.encoded())
    #expect(try Maps(decoding: map.encodedApart()) == map)
    let list = Lists(chunks: [[1], Self.long, Self.long])
    #expect(list.encodedApart().joined == list.encoded())
    #expect(try Lists(decoding: list.encodedApart()) == list)
  }

  @Test("Wherever a message is cut, its two parts are read as the whole is")
  func cuts() {
    let messages = [
      CodecFuzzTests.full.encoded(), CodecFuzzTests.maps.encoded(),
      CodecFuzzTests.expression.encoded(), Scalars(bytesValue: [1, 2, 3]).encoded(),
    ]
    for bytes in messages {
      for cut in bytes.indices {
        let parts = EncodedMessage(Array(bytes[..<cut]), tail: Array(bytes[cut...]))
        expectSame(Lists.self, parts, bytes)
        expectSame(Maps.self, parts, bytes)
        expectSame(Expression.self, parts, bytes)
        expectSame(Scalars.self, parts, bytes)
      }
    }
  }

  @Test("Bytes at random are read the same in two parts, seeded", arguments: 0..<8)
  func random(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2000 {
      let count = Int.random(in: 1..<40, using: &random)
      let bytes = (0..<count).map { _ in CodecFuzzTests.byte(&random) }
      let cut = Int.random(in: 0...count, using: &random)
      let parts = EncodedMessage(Array(bytes[..<cut]), tail: Array(bytes[cut...]))
      expectSame(Lists.self, parts, bytes)
      expectSame(Maps.self, parts, bytes)
      expectSame(Scalars.self, parts, bytes)
      #expect(EncodedMessage.headCount(ofFirst: bytes) <= count)
    }
  }

  private func expectSame<Message: WireMessage>(
    _: Message.Type, _ parts: EncodedMessage, _ bytes: [UInt8]
  ) {
    let one = outcome { () throws(CodecError) in try Message(decoding: bytes) }
    let two = outcome { () throws(CodecError) in try Message(decoding: parts) }
    #expect(one == two, "\(bytes) at \(parts.head.count)")
  }

  /// As bytes: NaN is not equal to itself.
  private func outcome<Message: WireMessage>(
    _ read: () throws(CodecError) -> Message
  ) -> Swift.Result<[UInt8], CodecError> {
    do {
      return .success(try read().encoded())
    } catch {
      return .failure(error)
    }
  }

  @Test("A message's limit counts both parts")
  func limit() {
    let parts = Scalars(bytesValue: Self.long).encodedApart()
    let limits = CodecLimits(bytesMax: parts.count - 1)
    let error = #expect(throws: CodecError.self) { try Scalars(decoding: parts, limits: limits) }
    #expect(error?.code == .tooLarge)
  }

  @Test("The beginning of a message shows where a long value begins that goes on")
  func beginnings() {
    let bytes = Scalars(int32Value: 7, stringValue: "x", bytesValue: Self.long).encoded()
    let head = Scalars(int32Value: 7, stringValue: "x", bytesValue: Self.long).encodedApart().head
    #expect(EncodedMessage.headCount(ofFirst: Array(bytes.prefix(5000))) == head.count)
    #expect(EncodedMessage.headCount(ofFirst: head) == head.count)
    #expect(EncodedMessage.headCount(ofFirst: Array(head.dropLast())) == 0)
    #expect(EncodedMessage.headCount(ofFirst: bytes) == 0)
    #expect(EncodedMessage.headCount(ofFirst: []) == 0)
    #expect(EncodedMessage.headCount(ofFirst: [0xFF, 0xFF, 0xFF]) == 0)
    // One that claims more than memory has.
    #expect(EncodedMessage.headCount(ofFirst: [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]) == 6)
  }

  @Test("Any part of it is copied as it lies in the whole, and sliced where it lies in one")
  func parts() {
    let message = EncodedMessage([0, 1, 2], tail: [3, 4, 5, 6])
    for start in 0...7 {
      for end in start...7 {
        var copied = [UInt8](repeating: 9, count: end - start)
        copied.withUnsafeMutableBytes { bytes in
          if let base = bytes.baseAddress { message.copy(start..<end, to: base) }
        }
        #expect(copied == (start..<end).map { UInt8($0) })
        if start >= 3 { #expect(Array(message.slice(start..<end)) == copied) }
      }
    }
    #expect(Array(EncodedMessage([0, 1, 2]).slice(1..<3)) == [1, 2])
  }
}
