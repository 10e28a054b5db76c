// SPDX-License-Identifier: Apache-2.0

internal import Testing
import WireCodec

@testable internal import Wire

@Suite("Payloads of control frames")
struct PayloadTests {
  private static var limits: PeerLimits {
    PeerLimits(
      framePayloadBytesMax: 5_000, messageBytesMax: 1 << 33, openCallsMax: 3, openStreamsMax: 2,
      streamCreditBytes: 70_000, connectionCreditBytes: 1 << 20)
  }

  @Test("A hello tells version and limits")
  func helloRoundTrip() throws {
    let hello = Hello(limits: Self.limits)
    #expect(try Hello(decoding: hello.encoded()) == hello)
    #expect(Array(hello.encoded().prefix(8)) == Array("LIVY".utf8) + [1, 0, 1, 0])
  }

  @Test("Settings of a later version are skipped, missing ones have their defaults")
  func helloExtension() throws {
    var bytes = Hello(limits: Self.limits).encoded()
    bytes.appendLittleEndian(UInt16(40_000))
    bytes.appendLittleEndian(UInt64.max)
    #expect(try Hello(decoding: bytes).limits == Self.limits)
    #expect(try Hello(decoding: Array(bytes.prefix(8))).limits == PeerLimits())
  }

  @Test("A version that is not spoken is refused, with both versions named")
  func helloVersion() {
    var hello = Hello(limits: PeerLimits())
    hello.version = 9
    hello.oldestVersion = 7
    let error = #expect(throws: ProtocolError.self) { try Hello(decoding: hello.encoded()) }
    #expect(error?.description.contains("7 to 9") == true)
    #expect(error?.description.contains("1 to 1") == true)
    hello.oldestVersion = 1
    #expect(throws: Never.self) { try Hello(decoding: hello.encoded()) }
  }

  @Test("A hello that is no hello is refused")
  func badHello() {
    let good = Hello(limits: PeerLimits()).encoded()
    for count in 0..<8 {
      #expect(throws: ProtocolError.self) { try Hello(decoding: Array(good.prefix(count))) }
    }
    #expect(throws: ProtocolError.self) {
      try Hello(decoding: Array("XIVY".utf8) + good.dropFirst(4))
    }
  }

  @Test("Limits that would stop or overflow us are refused")
  func badLimits() {
    let bad: [WritableKeyPath<PeerLimits, Int>: [Int]] = [
      \.framePayloadBytesMax: [0, 1, 4_095, .max],
      \.connectionCreditBytes: [0, 65_536, .max],
      \.messageBytesMax: [.max],
      \.streamCreditBytes: [.max],
    ]
    for (path, values) in bad {
      for value in values {
        var limits = PeerLimits()
        limits[keyPath: path] = value
        #expect(throws: ProtocolError.self) {
          try Hello(decoding: Hello(limits: limits).encoded())
        }
      }
    }
  }

  @Test("A failure travels with code, message and trace", arguments: CallError.Code.allCases)
  func failure(code: CallError.Code) throws {
    let error = CallError(code, "no such session: 7", remoteTrace: "at line 1")
    #expect(try CallError(decodingPayload: error.encodedPayload()) == error)
    let plain = CallError(code, "")
    #expect(try CallError(decodingPayload: plain.encodedPayload()) == plain)
  }

  @Test("A code of a later version still fails the call")
  func unknownCode() throws {
    for code: UInt16 in [0, 17, 256, 65_535] {
      var bytes: [UInt8] = []
      bytes.appendLittleEndian(code)
      bytes.appendText("new", bytesMax: 10)
      bytes.appendText("", bytesMax: 10)
      #expect(try CallError(decodingPayload: bytes) == CallError(.unknown, "new"))
    }
  }

  @Test("Long texts are cut between characters, so that they fit in any frame")
  func longTexts() throws {
    let error = CallError(
      .internal, String(repeating: "ä🙂", count: 1_000),
      remoteTrace: String(repeating: "x", count: 100_000))
    let payload = error.encodedPayload()
    #expect(payload.count <= PeerLimits.framePayloadBytesMin)
    let decoded = try CallError(decodingPayload: payload)
    #expect(error.message.hasPrefix(decoded.message))
    #expect(decoded.message.utf8.count > 1_000)
  }

  @Test("Goaway, credit and ping survive the trip; what is cut short is refused")
  func others() throws {
    let goaway = Goaway(.draining, "restart")
    #expect(try Goaway(decoding: goaway.encoded()) == goaway)
    #expect(try CreditPayload.decoded(CreditPayload.encoded(70_000)) == 70_000)
    #expect(try PingPayload.decoded(PingPayload.encoded(.max)) == .max)
    for payload in [[], [1], [0, 0, 0, 0]] as [[UInt8]] {
      #expect(throws: ProtocolError.self) { try CreditPayload.decoded(payload) }
      #expect(throws: ProtocolError.self) { try PingPayload.decoded(payload) }
    }
    #expect(throws: ProtocolError.self) { try Goaway(decoding: [0, 0, 5, 0, 65]) }
    #expect(throws: ProtocolError.self) { try CallError(decodingPayload: [1, 0, 1]) }
  }
}
