// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite("Servers of others") struct TLSOldServerTests {
  /// `openssl s_server` on a port of the kernel's choice, as long as `body` runs.
  private func withServer(
    _ fixture: TLSFixture, _ arguments: [String], on loop: EventLoop,
    _ body: (SocketAddress) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "livy-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let identity = try fixture.identity("livy:server:a")
    let file = folder.appending(path: "server.pem").path
    let text = try identity.certificatePEM + identity.key.pem()
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    var options = ChildProcessOptions(
      executable: "openssl",
      arguments: ["s_server", "-accept", "127.0.0.1:0", "-cert", file, "-naccept", "1"] + arguments)
    options.descriptors = [.pipe(.toChild), .pipe(.fromChild), .null]
    let child = try await ChildProcess.spawn(options, on: loop)
    // It ends with its input.
    _ = await (try #require(child.pipe(0))).startProbe()
    let probe = await (try #require(child.pipe(1))).startProbe()
    // `ACCEPT 127.0.0.1:38471`
    @Sendable func port() -> UInt16? {
      let words = String(decoding: probe.now.bytes, as: UTF8.self).split { " \n".contains($0) }
      guard let at = words.firstIndex(of: "ACCEPT"), at + 1 < words.count else { return nil }
      return words[at + 1].split(separator: ":").last.flatMap { UInt16($0) }
    }
    #expect(await eventually { port() != nil })
    if let port = port() { try await body(SocketAddress(ip: "127.0.0.1", port: port)) }
    await child.signal(SIGKILL, to: .process)
    _ = await child.waitForExit()
  }

  @Test(
    "A client says what it misses in another program's server",
    arguments: [
      (["-tls1_2"], TransportError.Code.peerRejected, "does not speak TLS 1.3"),
      (["-tls1_3"], .handshakeFailed, "no protocol (ALPN)"),
      (["-tls1_3", "-alpn", "h2"], .peerRejected, "none of our protocols (ALPN)"),
      (["-tls1_3", "-alpn", "closed/1", "-groups", "P-521"], .peerRejected, "no cipher or group"),
    ])
  func words(arguments: [String], code: TransportError.Code, words: String) async throws {
    let loop = try EventLoop.start(name: "test-old")
    let fixture = try TLSFixture()
    let client = try fixture.client(identity: fixture.identity("livy:session:b"))
    try await withServer(fixture, arguments, on: loop) { address in
      let error = await #expect(throws: TransportError.self) {
        try await TLSDialer.dial(address, on: loop, context: client)
      }
      #expect(error?.code == code)
      #expect(error?.description.contains(words) == true, "\(error as Any)")
    }
    await loop.stop()
  }

  @Test("A client that finds its protocol in another program's server gets in")
  func good() async throws {
    let loop = try EventLoop.start(name: "test-other")
    let fixture = try TLSFixture()
    let client = try fixture.client(identity: fixture.identity("livy:session:b"))
    try await withServer(fixture, ["-tls1_3", "-alpn", "closed/1"], on: loop) { address in
      let connection = try await TLSDialer.dial(address, on: loop, context: client)
      #expect(connection.applicationProtocol == "closed/1")
      #expect(connection.peer?.uris == ["livy:server:a"])
      await connection.stream.cancel()
    }
    await loop.stop()
  }
}
