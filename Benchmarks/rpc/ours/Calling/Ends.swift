// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Transport
internal import Wire

/// The two ends of the benchmark's connections: what is shown and trusted in TLS.
struct Ends {
  /// What a client keeps of a server.
  enum Memory {
    case newestSession, noSession
  }

  private static let protocolName = "livy/1"

  private let folder: String

  /// Certificates and keys lie in the folder that the option `certs` names.
  init(_ options: RunOptions) {
    folder = options.text("certs") ?? "."
  }

  func server() throws -> TLSContext {
    var options = TLSContext.Options()
    // All clients here share one key; drivers have one each.
    options.limits.resumableSessionsPerPeerMax = options.limits.resumableSessionsMax
    return try TLSContext.server(
      identity: identity("server"), trusting: read("ca.pem"),
      protocols: [.init(Self.protocolName, clientCertificate: .required)], options: options,
      verify: { certificate, _ in Self.judge(certificate, "client") })
  }

  func client(keeping memory: Memory = .newestSession) throws -> TLSContext {
    var options = TLSContext.Options()
    if memory == .noSession { options.limits.resumableTargetsMax = 0 }
    return try TLSContext.client(
      identity: identity("client"), trusting: read("ca.pem"),
      applicationProtocol: Self.protocolName, options: options,
      verify: { certificate, _ in Self.judge(certificate, "server") })
  }

  /// `nil` for the peer whose certificate names it.
  private static func judge(_ certificate: PeerCertificate, _ name: String) -> PeerRefusal? {
    certificate.uris.contains("bench:\(name)") ? nil : "it is not the \(name)'s certificate"
  }

  private func identity(_ name: String) throws -> TLSIdentity {
    TLSIdentity(
      certificatePEM: try read("\(name).pem"), key: try PrivateKey(pem: read("\(name).key")))
  }

  private func read(_ name: String) throws(Failure) -> String {
    guard let file = fopen("\(folder)/\(name)", "r") else {
      throw Failure("\(folder)/\(name) cannot be read")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

extension TLSContext {
  /// A connection to the benchmark's server, started.
  func dial(_ options: RunOptions, on loop: EventLoop) async throws -> Connection {
    let server = SocketAddress(ip: "127.0.0.1", port: UInt16(clamping: options.count("port", 0)))
    let established = try await TLSDialer.dial(server, on: loop, context: self)
    let connection = Connection(established, side: .dialed)
    await connection.start()
    return connection
  }
}
