// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing

@testable internal import Transport

/// Certificates of one test, and contexts made of them.
struct TLSFixture {
  let authority: CertificateAuthority
  static let now = Int64(Date().timeIntervalSince1970)

  init() throws {
    authority = try CertificateAuthority.create(
      commonName: "test", lifetime: .seconds(3_600), now: Self.now
    ).authority
  }

  func identity(
    _ uri: String, usages: Set<PeerCertificate.Usage> = [.client, .server],
    lifetime: Duration = .seconds(600), at now: Int64 = now
  ) throws -> TLSIdentity {
    let key = try PrivateKey.generate()
    let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
    let issued = try authority.issue(
      for: request, uri: uri, usages: usages, lifetime: lifetime, now: now)
    return TLSIdentity(certificatePEM: issued.pem, key: key)
  }

  /// Serves `open/1` to everybody and `closed/1` to who shows a certificate.
  func server(
    identity: TLSIdentity? = nil, options: TLSContext.Options = TLSContext.Options(),
    verify: @escaping TLSContext.Verify = { _, _ in nil }
  ) throws -> TLSContext {
    try TLSContext.server(
      identity: identity ?? self.identity("livy:server:a"), trusting: authority.pem,
      protocols: [
        .init("closed/1", clientCertificate: .required), .init("open/1", clientCertificate: .none),
      ], options: options, verify: verify)
  }

  func client(
    _ applicationProtocol: String = "closed/1", identity: TLSIdentity?, trusting: String? = nil,
    options: TLSContext.Options = TLSContext.Options(),
    verify: @escaping TLSContext.Verify = { _, _ in nil }
  ) throws -> TLSContext {
    try TLSContext.client(
      identity: identity, trusting: trusting ?? authority.pem,
      applicationProtocol: applicationProtocol, options: options, verify: verify)
  }

  /// A server and a client that like each other.
  func contexts() throws -> (server: TLSContext, client: TLSContext) {
    (server: try server(), client: try client(identity: identity("livy:session:b")))
  }
}

extension TLSSetup {
  /// Lets connections made from now on speak one cipher suite only.
  func restrict(to suite: UInt16) throws {
    let names: [UInt16: String] = [
      0x1301: "TLS_AES_128_GCM_SHA256", 0x1302: "TLS_AES_256_GCM_SHA384",
      0x1303: "TLS_CHACHA20_POLY1305_SHA256",
    ]
    try setCiphers(try #require(names[suite]))
  }
}
