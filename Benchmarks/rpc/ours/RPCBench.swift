// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Transport

/// Ours, as the benchmark's runner starts it:
///
///     RPCBench server certs=FOLDER
///     RPCBench tiers
///     RPCBench WORK certs=FOLDER port=PORT server=PID [name=value ...]
///
/// Exit status: 0 when it did its work, 1 when it failed.
@main
struct RPCBench {
  static func main() async {
    do {
      let options = try RunOptions(CommandLine.arguments)
      options.limitLife()
      try await run(options)
      exit(0)
    } catch {
      Report.complain("RPCBench: \(error)")
      exit(1)
    }
  }

  private static func run(_ options: RunOptions) async throws {
    switch options.role {
    case "tiers": Report.line(Tiers.text)
    case "server": try await EchoServer.run(options)
    case "echo", "bulk": try await Calls(options: options).run()
    case "stream": try await Following(options: options).run()
    case "storm": try await Storm(options: options).run()
    case "idle": try await Storm(options: options).stay()
    case "ping": try await Resident(options: options).run()
    default: throw Failure("there is no work \(options.role)")
    }
  }
}
