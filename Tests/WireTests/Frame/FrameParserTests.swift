// SPDX-License-Identifier: Apache-2.0

internal import Testing
import WireCodec

@testable internal import Wire

@Suite("The frame parser")
struct FrameParserTests {
  /// A hello, then one frame of each other kind.
  static let frames: [Frame] =
    [frame(.hello, payload: Hello(limits: PeerLimits()).encoded())]
    + FrameKind.allCases.filter { $0 != .hello }.enumerated().map { index, kind in
      var frame = frame(
        kind, call: UInt32(index * 70_000), payload: [UInt8](repeating: UInt8(index), count: index))
      if kind == .request {
        frame.header.method = 300
        frame.header.timeoutMilliseconds = 70_000
      }
      if kind == .item { frame.header.flags = [.more, .meta] }
      return frame
    }

  static var wire: [UInt8] { frames.flatMap { $0.encoded() } }

  @Test("Bytes cut anywhere give the same frames", arguments: [1, 2, 3, 7, 15, 16, 17, 1_000])
  func pieces(of size: Int) throws {
    var parser = FrameParser(payloadBytesMax: 4_096)
    var parsed: [Frame] = []
    var rest = Self.wire[...]
    while !rest.isEmpty {
      parsed += try parser.frames(in: Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(parsed == Self.frames)
  }

  @Test("One cut at each index gives the same frames")
  func eachCut() throws {
    let wire = Self.wire
    for cut in wire.indices {
      var parser = FrameParser(payloadBytesMax: 4_096)
      let first = try parser.frames(in: Array(wire[..<cut]))
      let second = try parser.frames(in: Array(wire[cut...]))
      #expect(first + second == Self.frames, "cut at \(cut)")
    }
  }

  @Test("A payload that is wanted as it comes is handed on in order, and its frame follows empty")
  func passing() throws {
    let wire = Self.wire
    for cut in wire.indices {
      var parser = FrameParser(payloadBytesMax: 4_096)
      var frames: [Frame] = []
      var passed: [UInt8] = []
      for part in [wire[..<cut], wire[cut...]] {
        try part.withUnsafeBytes {
          var input = $0
          while let frame = try parser.next(
            from: &input,
            passing: { header, piece in
              passed += piece
              return header.kind == .credit
            })
          {
            frames.append(frame)
          }
        }
      }
      let expected = Self.frames.map { frame in
        frame.header.kind != .credit
          ? frame : Frame(header: frame.header, passedBytes: frame.payload.count)
      }
      #expect(frames == expected, "cut at \(cut)")
      #expect(passed == Self.frames.first { $0.header.kind == .credit }?.payload)
    }
  }

  @Test("A payload may be written to its place, all but its last byte", arguments: [1, 700, 5_000])
  func filling(inPiecesOf size: Int) throws {
    var parser = FrameParser(payloadBytesMax: 10_000)
    _ = try parser.frames(in: Self.frames[0].encoded())
    let whole = frame(.response, call: 70_000, payload: bytes(9_000))
    let wire = whole.encoded()
    var sent = FrameHeader.byteCount + 10
    #expect(try parser.frames(in: Array(wire[..<sent])).isEmpty)
    var places = 0
    while true {
      let filled = parser.fill({ place in
        let count = min(size, place.count)
        wire[sent..<sent + count].withUnsafeBytes { place.copyMemory(from: $0) }
        return count
      }) { _, _ in nil }
      guard let filled else { break }
      sent += filled
      places += 1
    }
    #expect(places > 0 && sent < wire.count)
    #expect(try parser.frames(in: Array(wire[sent...])) == [whole])
  }

  @Test(
    "Whatever is said of a place, no more of it counts than there is", arguments: [-1, 1 << 40])
  func fillingTooMuch(claim: Int) throws {
    var parser = FrameParser(payloadBytesMax: 10_000)
    _ = try parser.frames(in: Self.frames[0].encoded())
    let wire = frame(.response, call: 70_000, payload: bytes(9_000)).encoded()
    #expect(try parser.frames(in: Array(wire[..<FrameHeader.byteCount])).isEmpty)
    let filled = parser.fill({ place in
      place.initializeMemory(as: UInt8.self, repeating: 7)
      return claim
    }) { _, _ in nil }
    #expect(filled == (claim < 0 ? 0 : 8_999))
  }

  @Test("A header is laid out as documented")
  func layout() {
    let header = FrameHeader(
      payloadBytes: 0x0403_0201, call: CallID(rawValue: 0x0807_0605), method: 0x0a09,
      kind: .goaway, flags: [.more], timeoutMilliseconds: 0x100f_0e0d)
    var bytes: [UInt8] = []
    header.append(to: &bytes)
    #expect(bytes == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 13, 14, 15, 16])
  }

  @Test("Frames of unknown kinds are skipped, with any flags and any size within the limit")
  func unknownKinds() throws {
    for kind in [UInt8(0), 12, 99, 255] {
      for size in [0, 1, 500, 4_096] {
        var unknown = frame(.ping, payload: [UInt8](repeating: 7, count: size)).encoded()
        unknown[10] = kind
        unknown[11] = 0xff
        for piece in [1, 16, 100_000] {
          var parser = FrameParser(payloadBytesMax: 4_096)
          var parsed: [Frame] = []
          var rest = (Self.frames[0].encoded() + unknown + Self.frames[1].encoded())[...]
          while !rest.isEmpty {
            parsed += try parser.frames(in: Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
          }
          #expect(parsed == Array(Self.frames[0...1]))
        }
      }
    }
  }

  @Test("Unknown flags are an error", arguments: FrameKind.allCases)
  func unknownFlags(on kind: FrameKind) throws {
    var bytes = frame(kind).encoded()
    bytes[11] = 0x80
    #expect(throws: ProtocolError.self) { try Self.opened().frames(afterHello: bytes) }
    if FrameFlags.allowed(on: kind).isEmpty {
      bytes[11] = FrameFlags.more.rawValue
      #expect(throws: ProtocolError.self) { try Self.opened().frames(afterHello: bytes) }
    }
  }

  @Test("A payload above the limit is an error before it arrives")
  func oversize() throws {
    let header = FrameHeader(payloadBytes: 4_097, call: .connection, kind: .request)
    var bytes: [UInt8] = []
    header.append(to: &bytes)
    let error = #expect(throws: ProtocolError.self) { try Self.opened().frames(afterHello: bytes) }
    #expect(error?.description.contains("4097") == true)
    bytes.replaceSubrange(0..<4, with: [0xff, 0xff, 0xff, 0xff])
    #expect(throws: ProtocolError.self) { try Self.opened().frames(afterHello: bytes) }
    bytes[10] = 200
    #expect(throws: ProtocolError.self) { try Self.opened().frames(afterHello: bytes) }
  }

  @Test("Method and timeout belong to requests only")
  func strayFields() {
    for offset in [8, 12] {
      var bytes = frame(.response).encoded()
      bytes[offset] = 1
      #expect(throws: ProtocolError.self) { try Self.opened().frames(afterHello: bytes) }
    }
  }

  @Test(
    "Another protocol is told by its first 16 bytes",
    arguments: [
      "GET / HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n", "SSH-2.0-OpenSSH_9",
      "\u{16}\u{3}\u{1}0123456789abc",
    ])
  func otherProtocol(text: String) {
    var parser = FrameParser(payloadBytesMax: 4_096)
    let error = #expect(throws: ProtocolError.self) {
      try parser.frames(in: Array(text.utf8.prefix(16)))
    }
    let first = text.utf8.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
    #expect(error?.description.contains("does not speak this protocol") == true)
    #expect(error?.description.hasSuffix(first) == true)
  }

  @Test("Random bytes after the hello give frames or an error, never a trap")
  func randomBytes() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 1...80, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random) & (Bool.random(using: &random) ? 0x0f : 0xff)
      }
      _ = try? Self.opened().frames(afterHello: bytes)
    }
  }

  private static func opened() -> FrameParser { FrameParser(payloadBytesMax: 4_096) }
}

extension FrameParser {
  /// All frames that `bytes` complete.
  mutating func frames(in bytes: [UInt8]) throws(ProtocolError) -> [Frame] {
    try bytes.withUnsafeBufferPointer { (buffer) throws(ProtocolError) -> [Frame] in
      var input = UnsafeRawBufferPointer(buffer)
      var frames: [Frame] = []
      while let frame = try next(from: &input) { frames.append(frame) }
      return frames
    }
  }

  /// What `bytes` are to a parser that has seen a hello.
  fileprivate func frames(afterHello bytes: [UInt8]) throws(ProtocolError) -> [Frame] {
    var parser = self
    _ = try parser.frames(in: FrameParserTests.frames[0].encoded())
    return try parser.frames(in: bytes)
  }
}

extension Frame {
  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    var header = header
    header.payloadBytes = UInt32(payload.count)
    header.append(to: &bytes)
    return bytes + payload
  }
}

/// A frame as a peer might make it.
func frame(
  _ kind: FrameKind, call: UInt32 = 0, method: UInt16 = 0, flags: FrameFlags = [],
  timeout: UInt32 = 0, payload: [UInt8] = []
) -> Frame {
  Frame(
    header: FrameHeader(
      payloadBytes: UInt32(payload.count), call: CallID(rawValue: call), method: method, kind: kind,
      flags: flags, timeoutMilliseconds: timeout),
    payload: payload)
}
