// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing

@testable internal import Transport

/// Two engines, and the bytes between them in pieces of a given size.
struct EnginePair {
  var client: TLSEngine
  var server: TLSEngine
  var clientError: TransportError?
  var serverError: TransportError?
  var heardByClient: [UInt8] = []
  var heardByServer: [UInt8] = []

  /// With a `target` the client resumes its newest session there, and keeps the next.
  init(client: TLSContext, server: TLSContext, target: String? = nil) throws {
    self.client = try TLSEngine(client, target: target)
    self.server = try TLSEngine(server)
    try self.client.start()
  }

  /// Carries bytes to and fro until both are silent. An engine that failed hears nothing more,
  /// but its last words are carried.
  mutating func run(pieces: Int = .max) {
    while true {
      let toServer = client.takeOutput()
      let toClient = server.takeOutput()
      if toServer.isEmpty && toClient.isEmpty { return }
      if serverError == nil {
        serverError = Self.feed(server, toServer, pieces: pieces, into: &heardByServer)
      }
      if clientError == nil {
        clientError = Self.feed(client, toClient, pieces: pieces, into: &heardByClient)
      }
    }
  }

  /// Carries the client's next flight to the server and nothing back.
  mutating func feedServer() {
    serverError = Self.feed(server, client.takeOutput(), pieces: .max, into: &heardByServer)
  }

  /// Carries the server's next flight to the client and nothing back.
  mutating func feedClient() {
    clientError = Self.feed(client, server.takeOutput(), pieces: .max, into: &heardByClient)
  }

  private static func feed(
    _ engine: TLSEngine, _ bytes: [UInt8], pieces: Int, into heard: inout [UInt8]
  ) -> TransportError? {
    var rest = bytes[...]
    var received: [UInt8] = []
    defer { heard += received }
    while !rest.isEmpty {
      let piece = Array(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
      do throws(TransportError) {
        try piece.withUnsafeBufferPointer { (buffer) throws(TransportError) in
          try engine.receive(UnsafeRawBufferPointer(buffer)) { received += Array($0) }
        }
      } catch {
        return error
      }
    }
    return nil
  }

  func send(_ bytes: [UInt8], from engine: TLSEngine) throws {
    try bytes.withUnsafeBufferPointer { (buffer) throws(TransportError) in
      try engine.send(UnsafeRawBufferPointer(buffer))
    }
  }
}

@Suite("TLS engine")
struct TLSEngineTests {
  @Test(
    "Any split of the bytes gives the same handshake and the same plaintext",
    arguments: [1, 2, 3, 5, 7, 64, 1_000, .max])
  func pieces(size: Int) throws {
    let fixture = try TLSFixture()
    let client = try fixture.client(identity: fixture.identity("livy:session:b"))
    var pair = try EnginePair(client: client, server: fixture.server())
    pair.run(pieces: size)
    #expect(pair.clientError == nil && pair.serverError == nil)
    #expect(pair.client.state == .open && pair.server.state == .open)
    #expect(pair.server.peer?.uris == ["livy:session:b"])
    #expect(pair.client.peer?.uris == ["livy:server:a"])
    #expect(pair.client.applicationProtocol == "closed/1")
    #expect(pair.server.applicationProtocol == "closed/1")
    let text = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
    try pair.send(text, from: pair.client)
    try pair.send(Array(text.reversed()), from: pair.server)
    pair.run(pieces: size)
    #expect(pair.heardByServer == text)
    #expect(pair.heardByClient == text.reversed())
    pair.client.close()
    pair.run(pieces: size)
    #expect(pair.server.state == .peerClosed)
  }

  @Test("A handshake in pieces of any size is the same handshake")
  func cuts() throws {
    let fixture = try TLSFixture()
    let client = try fixture.client(identity: fixture.identity("livy:session:b"))
    let server = try fixture.server()
    var whole = try EnginePair(client: client, server: server)
    whole.run()
    // The longest flight of the two sides; a step of 3 keeps the test short and still meets every
    // kind of border, as the lengths of flights vary by some bytes from run to run.
    for cut in stride(from: 1, to: 1_000, by: 3) {
      var pair = try EnginePair(client: client, server: server)
      pair.run(pieces: cut)
      #expect(pair.clientError == nil && pair.serverError == nil)
      #expect(pair.server.state == .open && pair.client.state == .open)
      #expect(pair.server.peer == whole.server.peer)
      #expect(pair.client.peer == whole.client.peer)
    }
  }

  @Test("A protocol without client certificates asks for none, also where the client has one")
  func openProtocol() throws {
    let fixture = try TLSFixture()
    var pair = try EnginePair(
      client: fixture.client("open/1", identity: fixture.identity("livy:session:b")),
      server: fixture.server())
    pair.run()
    #expect(pair.server.state == .open)
    #expect(pair.server.peer == nil)
    #expect(pair.server.applicationProtocol == "open/1")
  }

  @Test("Without a certificate where one is required, both sides say so")
  func noCertificate() throws {
    let fixture = try TLSFixture()
    var pair = try EnginePair(client: fixture.client(identity: nil), server: fixture.server())
    pair.run()
    #expect(pair.serverError?.code == .untrusted)
    #expect(pair.serverError?.message.contains("no certificate") == true)
    #expect(pair.clientError?.code == .peerRejected)
    #expect(pair.clientError?.reason?.contains("certificate required") == true)
  }

  @Test("A certificate of another authority is refused by either side")
  func otherAuthority() throws {
    let ours = try TLSFixture()
    let theirs = try TLSFixture()
    var asClient = try EnginePair(
      client: ours.client(identity: theirs.identity("livy:session:b")), server: ours.server())
    asClient.run()
    #expect(asClient.serverError?.code == .untrusted)
    #expect(asClient.clientError?.code == .peerRejected)
    var asServer = try EnginePair(
      client: ours.client(identity: ours.identity("livy:session:b")),
      server: ours.server(identity: theirs.identity("livy:server:a")))
    asServer.run()
    #expect(asServer.clientError?.code == .untrusted)
    #expect(asServer.serverError?.code == .peerRejected)
  }

  @Test("An expired certificate is refused, with the word in the reason")
  func expired() throws {
    let fixture = try TLSFixture()
    let old = try fixture.identity(
      "livy:session:b", lifetime: .seconds(60), at: TLSFixture.now - 3_000)
    var pair = try EnginePair(client: fixture.client(identity: old), server: fixture.server())
    pair.run()
    #expect(pair.serverError?.code == .untrusted)
    #expect(pair.serverError?.reason?.contains("expired") == true)
    #expect(pair.clientError?.reason?.contains("expired") == true)
  }

  @Test("Who may not be a server by his key usage cannot be one")
  func wrongUsage() throws {
    let fixture = try TLSFixture()
    var pair = try EnginePair(
      client: fixture.client(identity: fixture.identity("livy:session:b")),
      server: fixture.server(identity: fixture.identity("livy:server:a", usages: [.client])))
    pair.run()
    #expect(pair.clientError?.code == .untrusted)
  }

  @Test("The hook refuses with its own words")
  func hook() throws {
    let fixture = try TLSFixture()
    let server = try fixture.server { certificate, name in
      "\(certificate.uris.joined()) may not use \(name)"
    }
    var pair = try EnginePair(
      client: fixture.client(identity: fixture.identity("livy:session:b")), server: server)
    pair.run()
    #expect(pair.serverError?.reason == "livy:session:b may not use closed/1")
    #expect(pair.clientError?.code == .peerRejected)
  }

  @Test("Without a common protocol both sides refuse")
  func noCommonProtocol() throws {
    let fixture = try TLSFixture()
    var pair = try EnginePair(
      client: fixture.client("other/1", identity: fixture.identity("livy:session:b")),
      server: fixture.server())
    pair.run()
    #expect(pair.serverError?.code == .handshakeFailed)
    #expect(pair.clientError?.code == .peerRejected)
  }

  @Test(
    "A peer that speaks plain text, or noise, is told apart",
    arguments: [
      "GET / HTTP/1.1\r\n\r\n", "hello there, server", "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
    ])
  func plaintext(words: String) throws {
    let engine = try TLSEngine(TLSFixture().server())
    #expect(throws: TransportError.self) {
      try Array(words.utf8).withUnsafeBufferPointer { (buffer) throws(TransportError) in
        try engine.receive(UnsafeRawBufferPointer(buffer)) { _ in }
      }
    }
  }

  @Test("A flight with any one byte changed never completes as something else")
  func tampered() throws {
    let fixture = try TLSFixture()
    let identity = try fixture.identity("livy:session:b")
    let clientContext = try fixture.client(identity: identity)
    let serverContext = try fixture.server()
    for index in stride(from: 0, to: 1_200, by: 13) {
      let client = try TLSEngine(clientContext)
      let server = try TLSEngine(serverContext)
      try client.start()
      let hello = client.takeOutput()
      do throws(TransportError) {
        try hello.withUnsafeBufferPointer { (b) throws(TransportError) in
          try server.receive(UnsafeRawBufferPointer(b)) { _ in }
        }
        var flight = server.takeOutput()
        guard index < flight.count else { break }
        flight[index] ^= 0x40
        try flight.withUnsafeBufferPointer { (b) throws(TransportError) in
          try client.receive(UnsafeRawBufferPointer(b)) { _ in }
        }
        #expect(client.state == .handshaking)
      } catch {
        #expect(client.state == .handshaking)
      }
    }
  }
}
