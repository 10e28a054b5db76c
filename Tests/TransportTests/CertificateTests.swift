// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing

@testable internal import Transport

@Suite("Keys and certificates")
struct CertificateTests {
  static let now = Int64(Date().timeIntervalSince1970)

  static func authority() throws -> CertificateAuthority {
    try CertificateAuthority.create(commonName: "test", lifetime: .seconds(3_600), now: now)
      .authority
  }

  @Test("A certificate carries what the authority says, and nothing of the request but its key")
  func issue() throws {
    let authority = try Self.authority()
    let key = try PrivateKey.generate()
    let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
    let issued = try authority.issue(
      for: request, uri: "livy:session:ab12", usages: [.client], lifetime: .seconds(60),
      now: Self.now)
    let certificate = try X509Certificate(pem: issued.pem)
    let peer = try PeerCertificate(reading: certificate.raw)
    #expect(peer.uris == ["livy:session:ab12"])
    #expect(peer.usages == [.client])
    #expect(peer.serial == issued.serial)
    #expect(peer.serial.count == 32)
    #expect(peer.publicKeyDigest == request.publicKeyDigest)
    #expect(peer.notAfter == Self.now + 60)
  }

  @Test("OpenSSL's own command verifies the chain")
  func verifiedByCommand() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "livy-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let authority = try Self.authority()
    let request = try CertificateRequest(
      der: try CertificateRequest.der(for: try PrivateKey.generate()))
    let issued = try authority.issue(
      for: request, uri: "livy:server:a", usages: [.client, .server], lifetime: .seconds(3_000),
      now: Self.now)
    let root = folder.appending(path: "ca.pem").path
    let leaf = folder.appending(path: "leaf.pem").path
    try authority.pem.write(toFile: root, atomically: true, encoding: .utf8)
    try issued.pem.write(toFile: leaf, atomically: true, encoding: .utf8)
    let loop = try EventLoop.start(name: "test-certificates")
    for purpose in ["sslserver", "sslclient"] {
      let arguments = [
        "openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", root, leaf,
      ]
      let command = try await ChildProcess.spawn(
        ChildProcessOptions(executable: "/usr/bin/env", arguments: arguments), on: loop)
      #expect(await command.waitForExit() == .exited(0))
    }
    await loop.stop()
  }

  @Test("An authority is the same after it was saved and read")
  func savedAuthority() throws {
    let (first, keyPEM) = try CertificateAuthority.create(
      commonName: "test", lifetime: .seconds(60), now: Self.now)
    let second = try CertificateAuthority(certificatePEM: first.pem, keyPEM: keyPEM)
    #expect(second.pem == first.pem)
    let other = try PrivateKey.generate().pem()
    #expect(throws: TransportError.self) {
      try CertificateAuthority(certificatePEM: first.pem, keyPEM: other)
    }
  }

  @Test("An authority with its leaves' name is refused: they would pass for self-signed")
  func leafName() {
    #expect(throws: TransportError.self) {
      try CertificateAuthority.create(
        commonName: CertificateAuthority.leafName, lifetime: .seconds(60), now: Self.now)
    }
  }

  @Test("A leaf cannot pose as an authority")
  func leafAsAuthority() throws {
    let authority = try Self.authority()
    let key = try PrivateKey.generate()
    let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
    let issued = try authority.issue(
      for: request, uri: "livy:server:a", usages: [.server], lifetime: .seconds(60), now: Self.now)
    let keyPEM = try key.pem()
    #expect(throws: TransportError.self) {
      try CertificateAuthority(certificatePEM: issued.pem, keyPEM: keyPEM)
    }
  }

  @Test("A request that was changed at any byte is refused or proves the same key")
  func changedRequest() throws {
    let key = try PrivateKey.generate()
    let bytes = try CertificateRequest.der(for: key)
    let digest = try CertificateRequest(der: bytes).publicKeyDigest
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      if let request = try? CertificateRequest(der: changed) {
        #expect(request.publicKeyDigest == digest)
      }
    }
    for count in bytes.indices {
      #expect(throws: TransportError.self) {
        try CertificateRequest(der: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: TransportError.self) { try CertificateRequest(der: bytes + [0]) }
  }

  @Test(
    "A name that is more than a plain URI is refused",
    arguments: ["", "a,URI:b", "a b", "livy:session:\n", "ä", String(repeating: "a", count: 300)])
  func oddName(uri: String) throws {
    let authority = try Self.authority()
    let request = try CertificateRequest(
      der: try CertificateRequest.der(for: try PrivateKey.generate()))
    #expect(throws: TransportError.self) {
      try authority.issue(
        for: request, uri: uri, usages: [.client], lifetime: .seconds(60), now: Self.now)
    }
  }

  @Test(
    "What is no key is refused with words",
    arguments: ["", "hello", "-----BEGIN PRIVATE KEY-----\n"])
  func badKey(pem: String) {
    #expect(throws: TransportError.self) { try PrivateKey(pem: pem) }
  }

  @Test("Random bytes differ, and SHA-256 is the known one")
  func randomAndDigest() throws {
    #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
    // FIPS 180-4, the digest of "abc".
    #expect(
      hexadecimal(SHA256.digest(of: Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(constantTimeEquals([1, 2], [1, 2]))
    #expect(!constantTimeEquals([1, 2], [1, 3]))
    #expect(!constantTimeEquals([1], [1, 3]))
  }
}
