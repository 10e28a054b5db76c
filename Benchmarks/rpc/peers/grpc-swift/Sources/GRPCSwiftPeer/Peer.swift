// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// grpc-swift 2 over its NIO transport, as the benchmark's runner starts it.
@main
struct Peer {
  static func main() async {
    do {
      let options = try RunOptions(CommandLine.arguments)
      options.limitLife()
      switch options.role {
      case "server": try await EchoServer.run(options)
      case "echo", "bulk": try await Calls(options: options).run()
      case "stream": try await Calls(options: options).follow()
      case "storm": try await Crowd(options: options).storm()
      case "idle": try await Crowd(options: options).stay()
      case "ping": try await Crowd(options: options).ping()
      default: throw Failure("there is no work \(options.role)")
      }
      exit(0)
    } catch {
      Report.complain("GRPCSwiftPeer: \(error)")
      exit(1)
    }
  }
}
