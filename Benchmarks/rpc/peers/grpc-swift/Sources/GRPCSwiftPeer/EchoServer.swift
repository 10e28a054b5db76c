// SPDX-License-Identifier: Apache-2.0

internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix

struct EchoServer: RegistrableRPCService {
  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: Echo.echo, deserializer: Plain(), serializer: Plain()
    ) { request, _ in
      let request = try await ServerRequest(stream: request)
      return StreamingServerResponse(single: ServerResponse(message: request.message))
    }
    router.registerHandler(
      forMethod: Echo.follow, deserializer: Plain(), serializer: Plain()
    ) { request, _ in
      let wanted = try ItemsWanted(
        decoding: try await ServerRequest(stream: request).message)
      return StreamingServerResponse { writer in
        var item = Payload(count: wanted.itemBytes).bytes
        for number in 0..<wanted.items {
          Payload.stamp(&item, UInt64(number))
          try await writer.write(item)
        }
        return [:]
      }
    }
  }

  static func run(_ options: RunOptions) async throws {
    let transport = HTTP2ServerTransport.Posix(
      address: .ipv4(host: "127.0.0.1", port: 0),
      transportSecurity: .mTLS(
        certificateChain: [.file(path: "\(options.certificates)/server.pem", format: .pem)],
        privateKey: .file(path: "\(options.certificates)/server.key", format: .pem)
      ) { tls in
        tls.trustRoots = .certificates([
          .file(path: "\(options.certificates)/ca.pem", format: .pem)
        ])
        tls.requireALPN = true
      },
      config: .defaults { $0.http2.maxConcurrentStreams = 10_000 })
    let server = GRPCServer(transport: transport, services: [EchoServer()])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      let address = try await transport.listeningAddress
      Report.line("listening \(address.ipv4?.port ?? 0)")
      while readLine() != nil {}
      group.cancelAll()
    }
  }
}
