// SPDX-License-Identifier: Apache-2.0

internal import Testing
import WireCodec

@testable internal import Wire

@Suite("Bytes where they lie: frames in place, output")
struct InPlaceTests {
  /// As a connection reads: in place where that goes, collected where not.
  private struct Reader {
    private let payloadBytesMax: Int
    private var parser: FrameParser
    private(set) var frames: [Frame] = []
    private(set) var inPlace = 0

    init(payloadBytesMax: Int = 4_096) {
      self.payloadBytesMax = payloadBytesMax
      parser = FrameParser(payloadBytesMax: payloadBytesMax)
    }

    mutating func read(_ bytes: some Collection<UInt8>) throws {
      try Array(bytes).withUnsafeBytes { bytes in
        var input = bytes
        while !input.isEmpty {
          if parser.isBetweenFrames, takePlainFrame(from: &input) { continue }
          if let frame = try parser.next(from: &input) { frames.append(frame) }
        }
      }
    }

    private mutating func takePlainFrame(from input: inout UnsafeRawBufferPointer) -> Bool {
      guard let frame = PlainFrame(input, payloadBytesMax: payloadBytesMax),
        frame.isRequest || frame.isResponse
      else { return false }
      var header = frame.header
      if frame.isResponse {
        header = FrameHeader(
          payloadBytes: header.payloadBytes, call: frame.call, kind: .response)
      }
      frames.append(Frame(header: header, payload: Array(frame.payload)))
      inPlace += 1
      input = frame.rest
      return true
    }
  }

  @Test("Requests and responses that lie whole are read in place; cut at each byte, the same")
  func cuts() throws {
    let wire = FrameParserTests.wire
    var whole = Reader()
    try whole.read(wire)
    #expect(whole.frames == FrameParserTests.frames)
    #expect(whole.inPlace == 2)
    for cut in wire.indices {
      var reader = Reader()
      try reader.read(wire[..<cut])
      try reader.read(wire[cut...])
      try #require(reader.frames == FrameParserTests.frames, "cut at \(cut)")
      #expect(reader.inPlace >= 1)
    }
    var single = Reader()
    for byte in wire { try single.read([byte]) }
    #expect(single.frames == FrameParserTests.frames)
    #expect(single.inPlace == 0)
  }

  @Test("The first frame is never read in place, whatever it is")
  func first() {
    var reader = Reader()
    #expect(throws: ProtocolError.self) {
      try reader.read(frame(.request, method: 1).encoded() + frame(.ping).encoded())
    }
    #expect(reader.inPlace == 0)
  }

  @Test("What breaks the rules is not read in place, and is an error as ever")
  func errors() throws {
    var unknownFlag = frame(.request, method: 1, payload: [1])
    unknownFlag.header.flags = FrameFlags(rawValue: 1 << 7)
    let large = frame(.response, payload: bytes(2_000))
    let method = frame(.response, method: 1)
    for broken in [unknownFlag, frame(.response, timeout: 5), method, large] {
      var reader = Reader(payloadBytesMax: 1_999)
      try reader.read(FrameParserTests.frames[0].encoded())
      #expect(throws: ProtocolError.self) { try reader.read(broken.encoded()) }
      #expect(reader.inPlace == 0)
    }
  }

  @Test("Frames with flags, of other kinds, and of unknown kinds are the parser's")
  func others() throws {
    var unknown = frame(.ping, payload: bytes(50)).encoded()
    unknown[10] = 99
    var reader = Reader()
    try reader.read(FrameParserTests.frames[0].encoded())
    let others = [
      frame(.request, method: 1, flags: .more, payload: [1]),
      frame(.response, flags: .meta, payload: [1]), frame(.ping, payload: [1]),
    ]
    for other in others { try reader.read(other.encoded()) }
    #expect(reader.inPlace == 0)
    try reader.read(unknown)
    let plain = frame(.response, payload: [1])
    try reader.read(plain.encoded())
    #expect(reader.frames.dropFirst() == (others + [plain])[...] && reader.inPlace == 1)
  }

  @Test("Output grows by any pieces and keeps them in order")
  func growing() {
    let buffer = OutputBuffer()
    var expected: [UInt8] = []
    #expect(buffer.isEmpty && buffer.bytes.isEmpty)
    for size in [0, 1, 511, 1, 600, 5_000, 3] {
      let piece: [UInt8] = bytes(size, UInt8(truncatingIfNeeded: size))
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
