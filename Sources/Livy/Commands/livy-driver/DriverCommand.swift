// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore
internal import LivyDriver
internal import LivyLink
internal import LivyPy4J
internal import Transport

/// `livy-driver`, started by Spark's PythonRunner beside the Spark driver's JVM:
///
///     livy-driver BOOTSTRAP.py LAUNCH-FILE
///
/// The first argument is what Spark takes for a Python program; it is never read. Exit status: 0
/// when the session ended in order, 1 when it did not, 2 when the program was started wrongly.
@main
struct DriverCommand {
  static func main() async {
    exit(await run())
  }

  private static func run() async -> Int32 {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      report("usage: livy-driver BOOTSTRAP.py LAUNCH-FILE (Spark starts it; people do not)")
      return 2
    }
    do {
      try NativeLibraries.ignoreHostConfiguration()
      let ticket = try LaunchTicket(decoding: try takeFile(at: arguments[2]))
      let environment = try GatewayEnvironment()
      let loop = try EventLoop.start(name: "livy-driver")
      let end = await drive(ticket, environment, loop)
      report("ending: \(end)")
      await loop.stop()
      return end == .sessionEnded ? 0 : 1
    } catch {
      report("\(error)")
      return 2
    }
  }

  private static func drive(
    _ ticket: LaunchTicket, _ environment: GatewayEnvironment, _ loop: EventLoop
  ) async -> DriverProcess.End {
    let gateway = Gateway(port: environment.port, secret: environment.secret, on: loop)
    let python = PythonOptions(environment: environment.variables)
    var statements = python
    statements.richOutput = ticket.settings.richOutput
    statements.limits.outputBytesMax = Int(ticket.settings.outputBytesMax)
    var sparkR = ROptions(environment: environment.variables)
    sparkR.limits.outputBytesMax = Int(ticket.settings.outputBytesMax)
    let interpreters = InterpreterSet(settings: ticket.settings) { [statements] application in
      PythonInterpreter(
        statements.placed(in: application), files: application.pythonFiles, on: loop)
    } sparkR: { [sparkR] application in
      RInterpreter(sparkR, in: application, on: loop)
    }
    let process = DriverProcess(
      ticket, gateway: gateway, on: loop, interpreters: interpreters.make,
      jobs: { PythonJobRunner(python.placed(in: $0), files: $0.pythonFiles, on: loop) },
      pid: UInt32(clamping: getpid()), report: report)
    return await process.run()
  }

  /// One line on standard error, which Spark merges into its own log.
  @Sendable private static func report(_ line: String) {
    let text = Array("livy-driver: \(line)\n".utf8)
    _ = text.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static let launchFileBytesMax = 1 << 20

  /// Reads the launch file and removes it: its token is good once.
  private static func takeFile(at path: String) throws(LivyError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      throw LivyError(
        .configuration, "the launch file cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer {
      close(descriptor)
      unlink(path)
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      guard count > 0, bytes.count + count <= launchFileBytesMax else {
        throw LivyError(.configuration, "the launch file cannot be read, or is too large")
      }
      bytes += chunk.prefix(count)
    }
  }
}
