// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import HummingbirdTesting
import LivyAPI
import NIOCore
import RESTTestSupport
import Testing

@testable import LivyREST

@Suite("Compressed bodies")
struct CompressionTests {
  /// `{"kind":"sql","name":"packed"}`, packed by others: Python's gzip and zlib.
  static let packed: [(coding: String, base64: String)] = [
    ("gzip", "H4sIAAAAAAACA6tWys7MS1GyUiouzFHSUcpLzE0FcgoSk7NTU5RqAeTywd0eAAAA"),
    ("x-gzip", "H4sIAAAAAAACA6tWys7MS1GyUiouzFHSUcpLzE0FcgoSk7NTU5RqAeTywd0eAAAA"),
    (
      "GZIP",
      "H4sIAAAAAAACA6tWys7MS1GyUgIAa86g0AkAAAAfiwgAAAAAAAIDKy7MUdJRykvMTVWyUipITM5OTVGqBQC43iUhFQAAAA=="
    ),
    ("deflate", "eJyrVsrOzEtRslIqLsxR0lHKS8xNBXIKEpOzU1OUagGUJAmo"),
    ("deflate", "q1bKzsxLUbJSKi7MUdJRykvMTQVyChKTs1NTlGoB"),
  ]
  /// 32,768 blanks as gzip.
  static let blanks =
    "H4sIAAAAAAACA+3BgQAAAACAIJX9KRepCgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAYm332igCAAAA="

  static func bytes(_ base64: String) throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: base64)))
  }

  @Test("A body is read as its Content-Encoding says", arguments: packed.indices)
  func requests(index: Int) async throws {
    let (coding, base64) = Self.packed[index]
    let body = ByteBuffer(bytes: try Self.bytes(base64))
    try await Exchange.run { exchange async throws in
      let response = try await exchange.client.executeRequest(
        uri: "/sessions", method: .post, headers: [.contentEncoding: coding], body: body)
      #expect(response.status == .created, "\(String(buffer: response.body))")
      #expect(try await exchange.get("/sessions/packed").json["kind"] == .string("sql"))
    }
  }

  @Test("Bare deflate is understood as deflate")
  func bareDeflate() throws {
    // A stored block: its length, the length's complement, the bytes (RFC 1951, 3.2.4).
    let bare: [UInt8] = [1, 2, 0, 0xFD, 0xFF] + Array("{}".utf8)
    #expect(try Gzip.decoded(bare, .deflate, sizeMax: 10) == Array("{}".utf8))
    #expect(throws: Gzip.DecodingError.damaged) { try Gzip.decoded(bare, .gzip, sizeMax: 10) }
  }

  @Test("An unknown Content-Encoding is ignored", arguments: ["UTF-8", "br", "identity", ""])
  func unknownCoding(coding: String) async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.send(
        .post, "/sessions", "{}", headers: [.contentEncoding: coding])
      #expect(answer.status == 201)
    }
  }

  @Test("What is not packed, damaged or cut off is refused in words")
  func damaged() async throws {
    let whole = try Self.bytes(Self.packed[0].base64)
    var flipped = whole
    flipped[20] ^= 0x10
    let bodies = [Array("{}".utf8), flipped, whole + [1, 2, 3]]
    try await Exchange.run { exchange async throws in
      for body in bodies {
        let response = try await exchange.client.executeRequest(
          uri: "/sessions", method: .post, headers: [.contentEncoding: "gzip"],
          body: ByteBuffer(bytes: body))
        #expect(response.status == .badRequest)
        #expect(String(buffer: response.body).contains("Content-Encoding"))
      }
      #expect(try await exchange.get("/sessions").json["total"]?.integer == 0)
    }
  }

  @Test("Cut at each byte, a packed body is damaged")
  func cuts() throws {
    let whole = try Self.bytes(Self.packed[0].base64)
    for cut in whole.indices {
      #expect(throws: Gzip.DecodingError.damaged) {
        try Gzip.decoded(Array(whole[..<cut]), .gzip, sizeMax: 1 << 20)
      }
    }
  }

  @Test("A bomb is refused with the limit's number, and the server lives on")
  func bomb() async throws {
    var settings = RESTSettings()
    settings.limits.bodyBytesMax = 1 << 20
    let member = try Self.bytes(Self.blanks)
    // 256 MiB of blanks in 700 KB.
    let bomb = ByteBuffer(bytes: Array(repeatElement(member, count: 8_192).joined()))
    try await Exchange.run(ServerUnderTest(settings: settings)) { exchange async throws in
      let response = try await exchange.client.executeRequest(
        uri: "/sessions", method: .post, headers: [.contentEncoding: "gzip"], body: bomb)
      #expect(response.status == .contentTooLarge)
      #expect(String(buffer: response.body).contains("1048576"))
      #expect(try await exchange.get("/sessions").status == 200)
    }
  }

  @Test("The limit is met to the byte")
  func limit() throws {
    let member = try Self.bytes(Self.blanks)
    #expect(try Gzip.decoded(member, .gzip, sizeMax: 32_768).count == 32_768)
    #expect(throws: Gzip.DecodingError.tooLarge) {
      try Gzip.decoded(member, .gzip, sizeMax: 32_767)
    }
    #expect(throws: Gzip.DecodingError.tooLarge) { try Gzip.decoded(member, .gzip, sizeMax: 0) }
  }

  @Test("A compressed upload is refused in words")
  func upload() async throws {
    try await Exchange.run { exchange async throws in
      try await exchange.readySession()
      let answer = try await exchange.send(
        .post, "/sessions/0/upload-file", "x", headers: [.contentEncoding: "gzip"])
      #expect(answer.isString(415, containing: "Compressed uploads"))
    }
  }

  @Test("A large answer is packed for those who ask, whole and with its true length")
  func answers() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      let code = String(repeating: "0123456789", count: 2_000)
      _ = try await exchange.finishedStatement(code, in: session)
      let path = "/sessions/0/statements/0"
      let plain = try await exchange.get(path)
      #expect(plain.headers[.contentEncoding] == nil)
      #expect(plain.headers[.vary] == "Accept-Encoding")
      let response = try await exchange.client.executeRequest(
        uri: path, method: .get, headers: [.acceptEncoding: "gzip, deflate"], body: nil)
      #expect(response.headers[.contentEncoding] == "gzip")
      #expect(response.headers[.contentType] == "application/json;charset=utf-8")
      #expect(response.headers[.contentLength] == String(response.body.readableBytes))
      #expect(response.body.readableBytes < plain.text.utf8.count / 10)
      let unpacked = try Gzip.decoded(
        Array(response.body.readableBytesView), .gzip, sizeMax: 1 << 20)
      #expect(String(decoding: unpacked, as: UTF8.self) == plain.text)
      let head = try await exchange.send(.head, path, headers: [.acceptEncoding: "gzip"])
      #expect(head.text.isEmpty)
      #expect(head.headers[.contentEncoding] == nil)
    }
  }

  @Test("A small answer goes out as it is")
  func smallAnswer() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.send(.get, "/version", headers: [.acceptEncoding: "gzip"])
      #expect(answer.headers[.contentEncoding] == nil)
      #expect(answer.json["version"] == .string("0.9.0-incubating"))
    }
  }

  @Test("What cannot be packed smaller is not packed")
  func noise() {
    var state: UInt64 = 88_172_645_463_325_252
    let noise = (0..<10_000).map { _ -> UInt8 in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state)
    }
    #expect(Gzip.encoded(noise) == nil)
  }

  @Test(
    "Who accepts gzip",
    arguments: [
      ("gzip", true), ("gzip, deflate", true), ("deflate, GZip;q=0.5", true), ("*", true),
      ("x-gzip", true), ("gzip;q=0", false), ("gzip; q=0.000", false), ("*;q=0", false),
      ("*, gzip;q=0", false), ("identity", false), ("", false), ("gzipped", false), (nil, false),
    ])
  func acceptance(header: String?, isWanted: Bool) {
    #expect(ContentCoding.acceptsGzip(header) == isWanted)
  }
}
