// SPDX-License-Identifier: Apache-2.0

internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix

extension RunOptions {
  var certificates: String { text("certs") ?? "." }
}

/// One connection to the benchmark's server, and the two calls over it.
struct EchoClient: Sendable {
  private static var callOptions: CallOptions {
    var options = CallOptions.defaults
    options.timeout = .seconds(120)
    return options
  }

  private let client: GRPCClient<HTTP2ClientTransport.Posix>

  init(_ options: RunOptions) throws {
    let transport = try HTTP2ClientTransport.Posix(
      target: .ipv4(address: "127.0.0.1", port: options.count("port", 0)),
      transportSecurity: .mTLS(
        certificateChain: [.file(path: "\(options.certificates)/client.pem", format: .pem)],
        privateKey: .file(path: "\(options.certificates)/client.key", format: .pem)
      ) { tls in
        tls.trustRoots = .certificates([
          .file(path: "\(options.certificates)/ca.pem", format: .pem)
        ])
        tls.serverCertificateVerification = .noHostnameVerification
      })
    client = GRPCClient(transport: transport)
  }

  /// Keeps the connection; ends when cancelled.
  func run() async throws {
    try await client.runConnections()
  }

  func echo(_ payload: [UInt8]) async throws -> [UInt8] {
    try await client.unary(
      request: ClientRequest(message: payload), descriptor: Echo.echo, serializer: Plain(),
      deserializer: Plain(), options: Self.callOptions
    ) { try $0.message }
  }

  func follow(
    _ wanted: ItemsWanted, _ body: @escaping @Sendable (UInt64, [UInt8]) throws -> Void
  ) async throws {
    let seen = try await client.serverStreaming(
      request: ClientRequest(message: wanted.encoded), descriptor: Echo.follow,
      serializer: Plain(), deserializer: Plain(), options: Self.callOptions
    ) { response in
      var seen: UInt64 = 0
      for try await item in response.messages {
        try body(seen, item)
        seen += 1
      }
      return seen
    }
    guard seen == UInt64(wanted.items) else { throw Failure("\(seen) items came") }
  }
}
