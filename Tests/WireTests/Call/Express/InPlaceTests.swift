// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Wire

@Suite("Bytes where they lie: frames in place, output")
struct InPlaceTests {
  /// As a connection reads: in place where that goes, collected where not.
  private struct Reader {
    var parser: FrameParser
    var frames: [Frame] = []
    var inPlace = 0

    init(payloadBytesMax: Int = 4_096) {
      parser = FrameParser(payloadBytesMax: payloadBytesMax)
    }

    mutating func read(_ bytes: some Collection<UInt8>) throws {
      try Array(bytes).withUnsafeBytes { bytes in
        var input = bytes
        while !input.isEmpty {
          if let (header, payload) = parser.nextInPlace(from: &input) {
            frames.append(Frame(header: header, payload: Array(payload)))
            inPlace += 1
          } else if let frame = try parser.next(from: &input) {
            frames.append(frame)
          }
        }
      }
    }
  }

  @Test("Frames that lie whole are read in place, all but the first; cut at each byte, the same")
  func cuts() throws {
    let wire = FrameParserTests.wire
    var whole = Reader()
    try whole.read(wire)
    #expect(whole.frames == FrameParserTests.frames)
    #expect(whole.inPlace == FrameParserTests.frames.count - 1)
    for cut in wire.indices {
      var reader = Reader()
      try reader.read(wire[..<cut])
      try reader.read(wire[cut...])
      try #require(reader.frames == FrameParserTests.frames, "cut at \(cut)")
      #expect(reader.inPlace >= FrameParserTests.frames.count - 2)
    }
    var single = Reader()
    for byte in wire { try single.read([byte]) }
    #expect(single.frames == FrameParserTests.frames)
    #expect(single.inPlace == 0)
  }

  @Test("What breaks the rules is not read in place, and is an error as ever")
  func errors() throws {
    var unknownFlag = frame(.request, method: 1, payload: [1])
    unknownFlag.header.flags = FrameFlags(rawValue: 1 << 7)
    let large = frame(.ping, payload: bytes(2_000))
    for broken in [unknownFlag, frame(.response, timeout: 5), large] {
      var reader = Reader(payloadBytesMax: 1_999)
      try reader.read(FrameParserTests.frames[0].encoded())
      #expect(throws: ProtocolError.self) { try reader.read(broken.encoded()) }
      #expect(reader.inPlace == 0)
    }
  }

  @Test("A frame of an unknown kind is skipped, and the next is read in place")
  func unknownKind() throws {
    var unknown = frame(.ping, payload: bytes(50)).encoded()
    unknown[10] = 99
    var reader = Reader()
    try reader.read(FrameParserTests.frames[0].encoded())
    let ping = frame(.ping, payload: [1])
    try reader.read(unknown + ping.encoded())
    #expect(reader.inPlace == 0)
    try reader.read(ping.encoded())
    #expect(reader.frames.dropFirst() == [ping, ping] && reader.inPlace == 1)
  }

  @Test("Output grows by any pieces and keeps them in order")
  func growing() {
    let buffer = OutputBuffer()
    var expected: [UInt8] = []
    #expect(buffer.isEmpty && buffer.bytes.isEmpty)
    for size in [0, 1, 511, 1, 600, 5_000, 3] {
      let piece = bytes(size, UInt8(truncatingIfNeeded: size))
      if size.isMultiple(of: 2) {
        piece.withUnsafeBytes { buffer.append($0) }
      } else {
        let place = buffer.append(size)
        for (index, byte) in piece.enumerated() {
          place.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
      }
      expected += piece
      #expect(Array(buffer.bytes) == expected)
    }
    #expect(buffer.count == expected.count && buffer.capacity >= expected.count)
  }

  @Test("Memory above what may be kept is given back, other memory is used again")
  func keeping() {
    let buffer = OutputBuffer()
    _ = buffer.append(1_000)
    let capacity = buffer.capacity
    buffer.removeAll(keepingAtMost: capacity)
    #expect(buffer.isEmpty && buffer.capacity == capacity)
    _ = buffer.append(capacity)
    #expect(buffer.capacity == capacity)
    buffer.removeAll(keepingAtMost: capacity - 1)
    #expect(buffer.isEmpty && buffer.capacity == 0)
    [7, 8].withUnsafeBytes { buffer.append($0) }
    #expect(Array(buffer.bytes.prefix(1)) == [7])
  }
}
